
  # W x + b for x [..., in] and w [out, in]. oneDNN's product has no gradient. It beats torch.linear for a
  # single row in bfloat16 on AVX-512; without AVX-512 for float32 where there is enough to do, which MKL
  # multiplies otherwise, and for 16-bit floats, which are multiplied row by row otherwise.
  def linear_map(self: __torch__.Ops, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
    rows = torch.numel(x) // x.size(-1)
    if torch.is_grad_enabled():
      y = torch.linear(x, w, b)
    elif ops.mkldnn._is_mkldnn_bf16_supported():
      if w.dtype == 15 and rows == 1:
        y = self.onednn_linear(x, w, b)
      else:
        y = torch.linear(x, w, b)
    elif rows * torch.numel(w) < 1048576:
      y = torch.linear(x, w, b)
    elif w.dtype == 6:
      y = self.onednn_linear(x, w, b)
    elif w.element_size() == 2 and rows >= 4:
      y = self.widened_linear(x, w, b)
    else:
      y = torch.linear(x, w, b)
    return y

  def onednn_linear(self: __torch__.Ops, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")

  # Multiplied in float32 by slices of W that are widened one at a time and stay in the processor's cache.
  def widened_linear(self: __torch__.Ops, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
    sizes = x.size()
    wide = x.reshape([-1, sizes[-1]]).to(6)
    n = w.size(0)
    y = torch.empty([wide.size(0), n], dtype=w.dtype, device=x.device)
    step = max(1, 524288 // w.size(1))
    start = 0
    while start < n:
      m = min(step, n - start)
      bias: Optional[Tensor] = None
      if b is not None:
        bias = b.narrow(0, start, m).to(6)
      y.narrow(1, start, m).copy_(self.onednn_linear(wide, w.narrow(0, start, m).to(6), bias))
      start = start + m
    sizes[-1] = n
    return y.view(sizes)
