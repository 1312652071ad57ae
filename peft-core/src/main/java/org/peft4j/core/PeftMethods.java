package org.peft4j.core;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.peft4j.core.files.Names;

/** The methods on the class path, by their {@code peft_type}. */
final class PeftMethods {

    /** Types of Python's peft 0.21 that no module of this project has. */
    private static final Set<String> NOWHERE =
            Set.of(
                    "ADALORA",
                    "ADAMSS",
                    "BEFT",
                    "BOFT",
                    "BONE",
                    "C3A",
                    "CARTRIDGE",
                    "DEFT",
                    "DELORA",
                    "FOURIERFT",
                    "FROD",
                    "GLORA",
                    "GRALORA",
                    "HIRA",
                    "HRA",
                    "LILY",
                    "LOHA",
                    "LOKR",
                    "MISS",
                    "OFT",
                    "OSF",
                    "PEANUT",
                    "POLY",
                    "PSOFT",
                    "PVERA",
                    "RANDLORA",
                    "ROAD",
                    "SHADOW",
                    "SHIRA",
                    "SUPERTUNING",
                    "TINYLORA",
                    "UNILORA",
                    "VBLORA",
                    "VERA",
                    "WAVEFT",
                    "XLORA");

    private PeftMethods() {}

    static PeftMethod of(String peftType) {
        Map<String, PeftMethod> known = new TreeMap<>();
        for (PeftMethod method : ServiceLoader.load(PeftMethod.class)) {
            known.put(method.peftType(), method);
        }
        PeftMethod method = known.get(peftType);
        if (method == null && NOWHERE.contains(peftType)) {
            throw new PeftException(
                    "adapters of the peft_type "
                            + peftType
                            + " exist in Python's peft, but no module of peft4j has them yet. Where"
                            + " peft can, convert the adapter to LoRA there (peft.convert_to_lora), or"
                            + " merge it and use the merged checkpoint.");
        }
        if (method == null) {
            throw new PeftException(
                    "no method on the class path has the peft_type "
                            + Names.quote(peftType)
                            + "; there are "
                            + known.keySet()
                            + ". Add the module that has it, such as org.peft4j:peft-lora.");
        }
        return method;
    }
}
