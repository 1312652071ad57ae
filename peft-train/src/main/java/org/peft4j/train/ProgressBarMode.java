package org.peft4j.train;

/** When a progress bar is drawn. */
public enum ProgressBarMode {
    /** Where the process has a console. */
    AUTO,
    /** Always, on standard error. */
    ON,
    /** Never. */
    OFF
}
