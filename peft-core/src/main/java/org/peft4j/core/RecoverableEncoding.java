package org.peft4j.core;

import org.peft4j.core.ops.Tensor;

/** An encoder whose parameters follow from the tensor that it makes. */
public interface RecoverableEncoding extends Encoding {

    /**
     * Sets the parameters so that they make a tensor, but for rounding.
     *
     * @param made of the tensor's shape, FLOAT32; the caller closes it
     */
    void recover(Tensor made);
}
