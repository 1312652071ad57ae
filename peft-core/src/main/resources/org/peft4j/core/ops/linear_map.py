
  # W x + b for x [..., in] and w [out, in].
  def linear_map(self: __torch__.Ops, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
    return torch.linear(x, w, b)
