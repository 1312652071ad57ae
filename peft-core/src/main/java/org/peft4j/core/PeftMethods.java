package org.peft4j.core;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The methods on the class path, by their {@code peft_type}. */
final class PeftMethods {

    private PeftMethods() {}

    static PeftMethod of(String peftType) {
        Map<String, PeftMethod> known = new TreeMap<>();
        for (PeftMethod method : ServiceLoader.load(PeftMethod.class)) {
            known.put(method.peftType(), method);
        }
        PeftMethod method = known.get(peftType);
        if (method == null) {
            throw new PeftException(
                    "no method on the class path has the peft_type "
                            + peftType
                            + "; there are "
                            + known.keySet()
                            + ". Add the module that has it, such as org.peft4j:peft-lora.");
        }
        return method;
    }
}
