package org.peft4j.core.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owns the tensors made since it was opened and closes them with itself, but for those that were
 * {@linkplain #keep kept}. Scopes of one {@link Ops} nest; a kept tensor moves to the scope
 * outside, or to the caller where there is none.
 */
public final class Scope implements AutoCloseable {

    private final Ops ops;
    private final @Nullable Scope outside;
    private final List<Tensor> tensors = new ArrayList<>();

    Scope(Ops ops, @Nullable Scope outside) {
        this.ops = ops;
        this.outside = outside;
    }

    void add(Tensor tensor) {
        tensors.add(tensor);
    }

    @Nullable Scope outside() {
        return outside;
    }

    /**
     * Lets a tensor outlive this scope.
     *
     * @param tensor a tensor made in this scope; one from elsewhere is left alone
     * @return the tensor
     */
    public Tensor keep(Tensor tensor) {
        for (int i = tensors.size() - 1; i >= 0; i--) {
            if (tensors.get(i) == tensor) {
                tensors.remove(i);
                if (outside != null) {
                    outside.add(tensor);
                }
                break;
            }
        }
        return tensor;
    }

    /**
     * Takes a tensor out of the scopes inside this one: it is closed with this one.
     *
     * @return the tensor
     */
    public Tensor take(Tensor tensor) {
        for (Scope s = ops.currentScope(); s != null && s != this; s = s.outside()) {
            s.keep(tensor);
        }
        return tensor;
    }

    /** Closes every tensor that this scope still owns. */
    @Override
    public void close() {
        ops.leave(this);
        for (Tensor tensor : tensors) {
            tensor.close();
        }
        tensors.clear();
    }
}
