/**
 * Which modules of a base a config means: {@code target_modules} and its neighbours, matched
 * exactly as Python's {@code peft} matches them, and reported.
 *
 * <p>{@link org.peft4j.core.targets.Targets} holds the settings. {@link
 * org.peft4j.core.targets.Targets#settle} turns shorthands into names once the base is known, and
 * {@link org.peft4j.core.targets.Targets#select} picks the modules. Where peft is silent, about a
 * name that matches nothing or an exclusion that excludes nothing, the {@link
 * org.peft4j.core.targets.TargetReport} speaks up. {@link org.peft4j.core.targets.PatternValues} is
 * for settings by module, such as {@code rank_pattern}.
 */
@NullMarked
package org.peft4j.core.targets;

import org.jspecify.annotations.NullMarked;
