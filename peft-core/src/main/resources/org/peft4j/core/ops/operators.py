# The operators of peft4j: TorchScript, packed into an archive by OperatorDoor and run by libtorch.
#
# Conventions. x is [..., features]. Numbers arrive as 0-d CPU tensors, because DJL's training call
# takes tensors only. An absent tensor arrives as one without elements. Number codes for dtypes are
# libtorch's: 15 is bfloat16, 6 is float32. Only OperatorDoor and its Ops classes call these. Frozen
# matrices are multiplied by linear_map, which OperatorDoor appends for the device: linear_map.py or
# linear_map_onednn.py.
class Ops(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # --- helpers ---

  def given(self: __torch__.Ops, t: Tensor) -> Optional[Tensor]:
    r: Optional[Tensor] = None
    if torch.numel(t) > 0:
      r = t
    return r

  # Inverted dropout whose mask depends on the seed alone, so that threads do not share a generator.
  # It is drawn on the CPU, because TorchScript makes generators for no other device.
  def dropout(self: __torch__.Ops, x: Tensor, p: Tensor, seed: Tensor) -> Tensor:
    keep = 1.0 - float(p)
    if keep < 1.0:
      cpu = torch.device("cpu")
      generator = torch.Generator(device=cpu, seed=int(seed))
      mask = torch.empty_like(x, device=cpu).bernoulli_(keep, generator=generator)
      x = x * mask.div_(keep).to(device=x.device)
    return x

  # Halves (a, b) of the rotated dimensions become (a cos - b sin, b cos + a sin); those beyond the
  # width of the tables stay. The table of sines has the signs.
  def rotate(self: __torch__.Ops, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    turned = cos.size(-1)
    rest = x.size(-1) - turned
    part = x
    if rest > 0:
      part = x.narrow(-1, 0, turned)
    y = part * cos
    y.add_(torch.roll(part, [turned // 2], [-1]).mul_(sin))
    if rest > 0:
      y = torch.cat([y, x.narrow(-1, turned, rest)], -1)
    return y

  # Queries or keys from a projection [batch, length, heads * d], rotated where there are tables.
  def turned_heads(self: __torch__.Ops, x: Tensor, d: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    y = self.heads(x, d)
    if torch.numel(cos) > 0:
      y = self.rotate(y, cos, sin)
    return y

  # The activation of a code; Activation in Java has them.
  def act(self: __torch__.Ops, x: Tensor, kind: Tensor) -> Tensor:
    k = int(kind)
    if k == 0:
      y = torch.silu(x)
    elif k == 1:
      y = torch.gelu(x)
    elif k == 2:
      y = torch.gelu(x, approximate="tanh")
    elif k == 3:
      y = torch.relu(x)
    elif k == 4:
      y = torch.tanh(x)
    elif k == 5:
      y = torch.sigmoid(x)
    elif k == 6:
      y = x * torch.sigmoid(x * 1.702)
    elif k == 7:
      y = torch.leaky_relu(x)
    elif k == 8:
      y = torch.clamp(torch.gelu(x), -10, 10)
    elif k == 9:
      y = x
    elif k == 10:
      y = torch.mish(x)
    elif k == 11:
      y = torch.square(torch.relu(x))
    elif k == 12:
      y = torch.clamp(x, 0, 6)
    elif k == 13:
      y = (torch.erf((x - 0.707107) / 0.3989422466) + 1) * 0.5
    elif k == 14:
      y = x * torch.clamp(x + 3, 0, 6) / 6
    else:
      y = torch.sqrt(torch.softplus(x))
    return y

  # [batch, length, heads * d] or [batch, length, heads, d] -> [batch, heads, length, d], a view of any
  # projection and of any part of one.
  def heads(self: __torch__.Ops, x: Tensor, d: Tensor) -> Tensor:
    return x.reshape([x.size(0), x.size(1), -1, int(d)]).transpose(1, 2)

  # --- linear algebra ---

  # Rows are laid out as a matrix first: for a part of a sequence libtorch would copy W otherwise.
  def linear(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    sizes = x.size()
    y = self.linear_map(x.reshape([-1, sizes[-1]]), w, self.given(b))
    sizes[-1] = y.size(-1)
    return y.view(sizes)

  # y = W x + b + s B A dropout(x). The low-rank term is computed in A's dtype from wide, which is x in
  # that dtype, and added before the sum is rounded to x's.
  def lora_linear(self: __torch__.Ops, x: Tensor, wide: Tensor, w: Tensor, b: Tensor, A: Tensor, B: Tensor, s: Tensor, p: Tensor, seed: Tensor) -> Tensor:
    sizes = x.size()
    y = self.linear_map(x.reshape([-1, sizes[-1]]), w, self.given(b)).to(A.dtype)
    low = torch.linear(self.dropout(wide.reshape([-1, sizes[-1]]), p, seed), A)
    y.addmm_(low, B.t(), alpha=float(s))
    sizes[-1] = y.size(-1)
    return y.to(x.dtype).view(sizes)

  # s B A dropout(x), in A's dtype.
  def lora_delta(self: __torch__.Ops, x: Tensor, A: Tensor, B: Tensor, s: Tensor, p: Tensor, seed: Tensor) -> Tensor:
    low = torch.linear(self.dropout(x.to(A.dtype), p, seed), A)
    return torch.linear(low * float(s), B)

  # y + d, computed in the wider of the two dtypes and rounded to y's.
  def add(self: __torch__.Ops, y: Tensor, d: Tensor) -> Tensor:
    return torch.add(y, d).to(y.dtype)

  def multiply(self: __torch__.Ops, x: Tensor, f: Tensor) -> Tensor:
    return torch.mul(x, f).to(x.dtype)

  def scale(self: __torch__.Ops, x: Tensor, f: Tensor) -> Tensor:
    return torch.mul(x, float(f))

  def matmul(self: __torch__.Ops, a: Tensor, b: Tensor) -> Tensor:
    return torch.matmul(a, b)

  def sum_squares(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.sum(torch.mul(x, x))

  # x is [tokens, in]; the weights are torch.nn.LSTM's, those of the way back last.
  def bidirectional_lstm(self: __torch__.Ops, x: Tensor, ih: Tensor, hh: Tensor, b_ih: Tensor, b_hh: Tensor, ih_r: Tensor, hh_r: Tensor, b_ih_r: Tensor, b_hh_r: Tensor) -> Tensor:
    start = torch.zeros([2, 1, hh.size(1)], dtype=x.dtype, device=x.device)
    y, h, c = torch.lstm(torch.unsqueeze(x, 0), [start, start], [ih, hh, b_ih, b_hh, ih_r, hh_r, b_ih_r, b_hh_r], True, 1, 0.0, False, True, True)
    return torch.squeeze(y, 0)

  # --- transformer parts ---

  def embedding(self: __torch__.Ops, ids: Tensor, table: Tensor) -> Tensor:
    return torch.embedding(table, ids)

  # w * x / sqrt(mean(x^2) + eps), reduced in float32. By way of the norm, autograd keeps x itself and
  # one number a row, and no float32 copy of x.
  def rms_norm(self: __torch__.Ops, x: Tensor, w: Tensor, eps: Tensor) -> Tensor:
    n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    inverse = torch.rsqrt(n * n / float(x.size(-1)) + float(eps))
    return (x * inverse).to(x.dtype) * w

  def layer_norm(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, eps: Tensor) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], self.given(w), self.given(b), float(eps))

  # The same with (1 + w), multiplied in float32.
  def offset_rms_norm(self: __torch__.Ops, x: Tensor, w: Tensor, eps: Tensor) -> Tensor:
    n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    inverse = torch.rsqrt(n * n / float(x.size(-1)) + float(eps))
    return (x.to(6) * inverse * (w.to(6) + 1.)).to(x.dtype)

  def activation(self: __torch__.Ops, x: Tensor, kind: Tensor) -> Tensor:
    return self.act(x, kind)

  def gate(self: __torch__.Ops, gate: Tensor, up: Tensor, kind: Tensor) -> Tensor:
    return self.act(gate, kind) * up

  def gated_mlp(self: __torch__.Ops, x: Tensor, gate: Tensor, up: Tensor, down: Tensor, kind: Tensor) -> Tensor:
    h = self.act(self.linear_map(x, gate, None), kind) * self.linear_map(x, up, None)
    return self.linear_map(h, down, None)

  # act(gate) * up of [rows, gate and up].
  def fused_gate(self: __torch__.Ops, x: Tensor, kind: Tensor) -> Tensor:
    n = x.size(-1) // 2
    return self.act(x.narrow(-1, 0, n), kind) * x.narrow(-1, n, n)

  def fused_gated_mlp(self: __torch__.Ops, x: Tensor, gate_up: Tensor, down: Tensor, kind: Tensor) -> Tensor:
    h = self.fused_gate(self.linear_map(x, gate_up, None), kind)
    return self.linear_map(h, down, None)

  def mlp(self: __torch__.Ops, x: Tensor, up: Tensor, up_bias: Tensor, down: Tensor, down_bias: Tensor, kind: Tensor) -> Tensor:
    h = self.act(self.linear_map(x, up, self.given(up_bias)), kind)
    return self.linear_map(h, down, self.given(down_bias))

  # factor * scale * up(act(down(norm(x)))): a bottleneck; norm and scale may be absent.
  def bottleneck(self: __torch__.Ops, x: Tensor, norm: Tensor, norm_bias: Tensor, down: Tensor, down_bias: Tensor, up: Tensor, up_bias: Tensor, kind: Tensor, factor: Tensor, scale: Tensor) -> Tensor:
    h = x
    if torch.numel(norm) > 0:
      h = torch.layer_norm(x, [x.size(-1)], norm, norm_bias, 1.0000000000000001e-05)
    y = self.mlp(h, down, down_bias, up, up_bias, kind)
    if torch.numel(scale) > 0:
      y = y * scale
    if float(factor) != 1.0:
      y = y * factor
    return y

  # y times the mean over the sequence of sigmoid(w x + b).
  def sequence_gate(self: __torch__.Ops, y: Tensor, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return y * torch.mean(torch.sigmoid(torch.linear(x, w, b)), [1], True)

  # The gates that sequence_gate multiplies with, [batch, gates].
  def gates(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.mean(torch.sigmoid(torch.linear(x, w, b)), [1])

  # The sum of Kronecker products of rule [n, a, b] and weight [n, c, d], turned: [b * d, a * c]. The
  # weight may be a product of left [n, c, r] and right [n, r, d].
  def kronecker(self: __torch__.Ops, rule: Tensor, rule_right: Tensor, left: Tensor, right: Tensor) -> Tensor:
    r = rule
    if torch.numel(rule_right) > 0:
      r = torch.bmm(rule, rule_right)
    w = left
    if torch.numel(right) > 0:
      w = torch.bmm(left, right)
    h = torch.sum(r.unsqueeze(-1).unsqueeze(-3) * w.unsqueeze(-2).unsqueeze(-4), [0])
    return h.reshape([r.size(1) * w.size(1), r.size(2) * w.size(2)]).t()

  # Attention of every position over its own few values: query [b, l, w], keys and values [b, l, n, w].
  def mix(self: __torch__.Ops, query: Tensor, keys: Tensor, values: Tensor, p: Tensor, seed: Tensor) -> Tensor:
    scores = torch.matmul(keys, query.unsqueeze(-1)).squeeze(-1)
    shares = torch.softmax(self.dropout(scores, p, seed), -1)
    return torch.matmul(shares.unsqueeze(-2), values).squeeze(-2)

  # The squared distance of a matrix from the identity.
  def off_identity(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.sum(torch.square(x - torch.eye(x.size(0), x.size(1), dtype=x.dtype, device=x.device)))

  # cos and sin of position * frequency, each [batch or 1, 1, length, d], in the dtype of like: (cos, cos)
  # and (-sin, sin).
  def rotary_table(self: __torch__.Ops, positions: Tensor, frequencies: Tensor, attention_scaling: Tensor, like: Tensor) -> Tuple[Tensor, Tensor]:
    angles = torch.mul(positions.to(6).unsqueeze(-1), frequencies).unsqueeze(1)
    a = float(attention_scaling)
    cos = torch.mul(torch.cos(angles), a).to(like.dtype)
    sin = torch.mul(torch.sin(angles), a).to(like.dtype)
    return (torch.cat([cos, cos], -1), torch.cat([torch.neg(sin), sin], -1))

  # softmax(cap(q k^T scale) + mask) v over [batch, heads, length, d]; mask is additive or absent (then
  # causal decides); cap is 0 for none; key-value heads are repeated to the query heads; returns
  # [batch, length, heads * d].
  def attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, causal: Tensor, scale: Tensor, cap: Tensor) -> Tensor:
    groups = q.size(1) // k.size(1)
    if groups > 1:
      shape = [k.size(0), k.size(1), groups, k.size(2), k.size(3)]
      k = k.unsqueeze(2).expand(shape).reshape([q.size(0), q.size(1), k.size(2), k.size(3)])
      v = v.unsqueeze(2).expand(shape).reshape([q.size(0), q.size(1), v.size(2), v.size(3)])
    if float(cap) > 0.:
      y = self.capped_attention(q, k, v, mask, causal, float(scale), float(cap))
    else:
      y = torch.scaled_dot_product_attention(q, k, v, self.given(mask), 0., int(causal) != 0, scale=float(scale))
    y = y.transpose(1, 2)
    return y.reshape([y.size(0), y.size(1), -1])

  def capped_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, causal: Tensor, scale: float, cap: float) -> Tensor:
    scores = torch.tanh(torch.matmul(q, k.transpose(2, 3)) * (scale / cap)) * cap
    given = self.given(mask)
    if given is not None:
      scores = scores + given
    elif int(causal) != 0:
      later = torch.ones([q.size(2), k.size(2)], dtype=11, device=q.device).triu(1)
      scores = scores.masked_fill(later, float('-inf'))
    return torch.matmul(torch.softmax(scores, -1, dtype=6).to(q.dtype), v)

  # attention from projections as heads takes them; the tables of rotary embeddings may be absent.
  def projected_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, d: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, causal: Tensor, scale: Tensor, cap: Tensor) -> Tensor:
    qh = self.turned_heads(q, d, cos, sin)
    kh = self.turned_heads(k, d, cos, sin)
    return self.attention(qh, kh, self.heads(v, d), mask, causal, scale, cap)

  # Queries, keys and values, [batch, length, heads, d] each, of one projection. Its features come in
  # groups, each with its share of the query heads, then of the key heads, then of the value heads:
  # one group as in GPT-2 and Phi-3, or one a head as in GPT-NeoX. These two are views.
  def split_projection(self: __torch__.Ops, x: Tensor, d: Tensor, key_heads: Tensor, groups: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    y = x.reshape([x.size(0), x.size(1), int(groups), -1, int(d)])
    n = int(key_heads) // int(groups)
    m = y.size(3) - 2 * n
    q = y.narrow(3, 0, m).reshape([x.size(0), x.size(1), -1, int(d)])
    k = y.narrow(3, m, n).reshape([x.size(0), x.size(1), -1, int(d)])
    v = y.narrow(3, m + n, n).reshape([x.size(0), x.size(1), -1, int(d)])
    return (q, k, v)

  # projected_attention of one projection.
  def fused_attention(self: __torch__.Ops, x: Tensor, key_heads: Tensor, groups: Tensor, d: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, causal: Tensor, scale: Tensor, cap: Tensor) -> Tensor:
    q, k, v = self.split_projection(x, d, key_heads, groups)
    return self.projected_attention(q, k, v, d, cos, sin, mask, causal, scale, cap)

  # cached_attention of one projection.
  def fused_cached_attention(self: __torch__.Ops, x: Tensor, key_heads: Tensor, groups: Tensor, d: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, causal: Tensor, scale: Tensor, cap: Tensor, keys: Tensor, values: Tensor, start: Tensor) -> Tensor:
    q, k, v = self.split_projection(x, d, key_heads, groups)
    return self.cached_attention(q, k, v, d, cos, sin, mask, causal, scale, cap, keys, values, start)

  # Where keys lie in their rows [rows, keys]: padding does not count, but goes on counting behind the last
  # token before it.
  def own_positions(self: __torch__.Ops, tokens: Tensor) -> Tensor:
    column = torch.arange(tokens.size(1), dtype=4, device=tokens.device)
    last = torch.where(torch.ne(tokens, 0), column, torch.full_like(tokens, -1))
    last, _ = torch.cummax(last, 1)
    return torch.cumsum(tokens, 1) + (column - last)

  # Additive mask [rows or 1, 1, length, keys] of the last length of keys positions: a query sees the
  # keys up to its own, no further back in its row than the window (0: all), and no padding, but for itself
  # if it may.
  def causal_mask(self: __torch__.Ops, tokens: Tensor, length: Tensor, keys: Tensor, window: Tensor, itself: Tensor, like: Tensor) -> Tensor:
    n = int(keys)
    first = n - int(length)
    key = torch.arange(n, dtype=4, device=like.device)
    query = key.narrow(0, first, int(length)).unsqueeze(1)
    seen = torch.le(key, query).unsqueeze(0)
    real = self.given(tokens)
    if int(window) > 0:
      place = key.unsqueeze(0)
      if real is not None:
        place = self.own_positions(real)
      earliest = torch.sub(place.narrow(1, first, int(length)), int(window)).unsqueeze(2)
      seen = torch.logical_and(seen, torch.gt(place.unsqueeze(1), earliest))
    if real is not None:
      seen = torch.logical_and(seen, torch.ne(real, 0).unsqueeze(1))
      if int(itself) != 0:
        seen = torch.logical_or(seen, torch.eq(key, query))
    hidden = torch.logical_not(seen).unsqueeze(1)
    return torch.zeros(hidden.size(), dtype=like.dtype, device=like.device).masked_fill_(hidden, float('-inf'))

  # Additive mask [rows, 1, 1, keys] that hides padding; a row of nothing else sees all of it, since a
  # softmax over nothing is NaN.
  def padding_mask(self: __torch__.Ops, tokens: Tensor, like: Tensor) -> Tensor:
    hidden = torch.logical_and(torch.eq(tokens, 0), torch.gt(torch.sum(tokens, [1], True), 0))
    hidden = hidden.unsqueeze(1).unsqueeze(1)
    return torch.zeros(hidden.size(), dtype=like.dtype, device=like.device).masked_fill_(hidden, float('-inf'))

  # The last columns of a bias on scores, as many as there are keys, and a mask that may be absent.
  def biased_mask(self: __torch__.Ops, mask: Tensor, bias: Tensor, keys: Tensor) -> Tensor:
    n = int(keys)
    y = bias.narrow(-1, bias.size(-1) - n, n)
    given = self.given(mask)
    if given is not None:
      y = y + given
    return y

  # Buckets [rows or 1, length, keys] of how far a key is from a query in its row, the last length of the keys'
  # positions: exact ones, then logarithmic ones up to the last one way; range is the logarithm that those span.
  def relative_buckets(self: __torch__.Ops, tokens: Tensor, length: Tensor, keys: Tensor, one_way: Tensor, exact: Tensor, range: Tensor, both_ways: Tensor, like: Tensor) -> Tensor:
    n = int(keys)
    place = torch.arange(n, dtype=4, device=like.device).unsqueeze(0)
    real = self.given(tokens)
    if real is not None:
      place = self.own_positions(real)
    query = place.narrow(1, n - int(length), int(length)).unsqueeze(2)
    relative = torch.sub(place.unsqueeze(1), query)
    if int(both_ways) != 0:
      first = torch.gt(relative, 0).to(4) * int(one_way)
      far = torch.abs(relative)
    else:
      first = torch.zeros_like(relative)
      far = torch.clamp(torch.neg(relative), min=0)
    wide = torch.log(far.to(6) / float(exact)) / float(range) * float(int(one_way) - int(exact))
    wide = torch.clamp(wide.to(4) + int(exact), max=int(one_way) - 1)
    return first + torch.where(torch.lt(far, int(exact)), far, wide)

  # The columns of prefix [tokens, columns] from start on as keys or values [1, heads, tokens, d], head by head.
  def prefix_heads(self: __torch__.Ops, prefix: Tensor, start: Tensor, heads: Tensor, d: Tensor, dtype: Tensor) -> Tensor:
    width = int(heads) * int(d)
    return self.heads(prefix.narrow(1, int(start), width).unsqueeze(0), d).to(int(dtype))

  # Keys or values x [rows or 1, heads, keys, d] behind those of prefix [rows or 1, heads, tokens, d].
  def prefixed(self: __torch__.Ops, x: Tensor, prefix: Tensor) -> Tensor:
    n = max(x.size(0), prefix.size(0))
    return torch.cat([prefix.expand([n, -1, -1, -1]), x.expand([n, -1, -1, -1])], 2)

  # Keys or values x [rows, heads, keys, d] with those of a prefix before them, which lie in the columns of
  # prefix [tokens, columns] from start on, head by head; dropped out by p, and times a gate of each row [rows, 1].
  def gated_prefixed(self: __torch__.Ops, x: Tensor, prefix: Tensor, start: Tensor, gate: Tensor, p: Tensor, seed: Tensor) -> Tensor:
    n = prefix.size(0)
    w = prefix.narrow(1, int(start), x.size(1) * x.size(3)).reshape([n, x.size(1), x.size(3)])
    w = w.transpose(0, 1).unsqueeze(0)
    sizes = [x.size(0), x.size(1), n, x.size(3)]
    if float(p) > 0.0:
      w = self.dropout(w.expand(sizes), p, seed)
    if torch.numel(gate) > 0:
      w = w * gate.reshape([-1, 1, 1, 1])
    return torch.cat([w.to(x.dtype).expand(sizes), x], 2)

  # gate * softmax(q k^T / sqrt(d)) v over [rows, heads, length, d], for keys and values [1, length, heads * d] that
  # all rows share and that are repeated to the query heads; returns [rows, length, heads * d].
  def gated_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
    d = torch.full([], q.size(3), dtype=4)
    kh = self.heads(k, d)
    vh = self.heads(v, d)
    groups = q.size(1) // kh.size(1)
    kh = kh.repeat_interleave(groups, 1)
    vh = vh.repeat_interleave(groups, 1)
    scores = torch.matmul(q, kh.transpose(2, 3)) * (float(q.size(3)) ** -0.5)
    weights = gate * torch.softmax(scores, -1, dtype=6).to(q.dtype)
    y = torch.matmul(weights.to(vh.dtype), vh).transpose(1, 2)
    return y.reshape([y.size(0), y.size(1), -1])

  # Writes x [batch, heads, n, d] into the cache [batch, heads, capacity, d] at start, in place.
  def cache_write(self: __torch__.Ops, cache: Tensor, x: Tensor, start: Tensor) -> Tensor:
    cache.narrow(2, int(start), x.size(2)).copy_(x)
    return cache.narrow(2, 0, int(start) + x.size(2))

  # projected_attention that first writes its keys and values into caches at start and then attends to
  # all that is there. A single query per row attends group by group: no key-value head is repeated.
  def cached_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, d: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, causal: Tensor, scale: Tensor, cap: Tensor, keys: Tensor, values: Tensor, start: Tensor) -> Tensor:
    qh = self.turned_heads(q, d, cos, sin)
    kh = self.cache_write(keys, self.turned_heads(k, d, cos, sin), start)
    vh = self.cache_write(values, self.heads(v, d), start)
    if q.size(1) > 1 or float(cap) > 0.:
      y = self.attention(qh, kh, vh, mask, causal, scale, cap)
    else:
      grouped = qh.reshape([q.size(0), kh.size(1), -1, int(d)])
      y = torch.scaled_dot_product_attention(grouped, kh, vh, self.given(mask), 0., False, scale=float(scale))
      y = y.reshape([q.size(0), 1, -1])
    return y

  # cached_attention between its projections.
  def cached_self_attention(self: __torch__.Ops, x: Tensor, wq: Tensor, bq: Tensor, wk: Tensor, bk: Tensor, wv: Tensor, bv: Tensor, wo: Tensor, bo: Tensor, d: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, causal: Tensor, scale: Tensor, cap: Tensor, keys: Tensor, values: Tensor, start: Tensor) -> Tensor:
    q = self.linear(x, wq, bq)
    k = self.linear(x, wk, bk)
    v = self.linear(x, wv, bv)
    y = self.cached_attention(q, k, v, d, cos, sin, mask, causal, scale, cap, keys, values, start)
    return self.linear(y, wo, bo)

  # --- shapes and rows ---

  def rows(self: __torch__.Ops, x: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(x, 0, index)

  # In a range of positions, the rows to of x [rows, heads, positions, d] become what the others are, in place.
  def exchange_rows(self: __torch__.Ops, x: Tensor, to: Tensor, others: Tensor, start: Tensor, length: Tensor) -> Tensor:
    part = x.narrow(2, int(start), int(length))
    part.index_copy_(0, to, torch.index_select(part, 0, others))
    return part

  # Rows of [batch, length, width] flattened to [batch * length, width].
  def flat_rows(self: __torch__.Ops, x: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(x.reshape([-1, x.size(-1)]), 0, index)

  # Rows of x [batch, length, width] whose id is among the tokens, which ascend, become the tokens' values.
  def replace_tokens(self: __torch__.Ops, x: Tensor, ids: Tensor, tokens: Tensor, values: Tensor) -> Tensor:
    place = torch.searchsorted(tokens, ids).clamp(None, torch.numel(tokens) - 1)
    found = torch.eq(torch.embedding(tokens.unsqueeze(-1), place).squeeze(-1), ids)
    return torch.where(found.unsqueeze(-1), torch.embedding(values, place).to(x.dtype), x)

  def replace_features(self: __torch__.Ops, y: Tensor, index: Tensor, z: Tensor) -> Tensor:
    return torch.index_copy(y, -1, index, z.to(y.dtype))

  def replace_rows(self: __torch__.Ops, x: Tensor, index: Tensor, values: Tensor) -> Tensor:
    return torch.index_copy(x, 0, index, values)

  def add_rows(self: __torch__.Ops, y: Tensor, index: Tensor, d: Tensor) -> Tensor:
    return torch.index_add(y, 0, index, d.to(y.dtype))

  def concat(self: __torch__.Ops, a: Tensor, b: Tensor, dim: Tensor) -> Tensor:
    return torch.cat([a, b], int(dim))

  def reshape(self: __torch__.Ops, x: Tensor, sizes: Tensor) -> Tensor:
    shape: List[int] = []
    for i in range(torch.numel(sizes)):
      shape.append(int(sizes[i]))
    return x.reshape(shape)

  def narrow(self: __torch__.Ops, x: Tensor, dim: Tensor, start: Tensor, length: Tensor) -> Tensor:
    return torch.narrow(x, int(dim), int(start), int(length))

  # The same elements with dimensions exchanged.
  def permute(self: __torch__.Ops, x: Tensor, order: Tensor) -> Tensor:
    dims: List[int] = []
    for i in range(torch.numel(order)):
      dims.append(int(order[i]))
    return x.permute(dims)

  def transpose(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.transpose(x, -1, -2)

  def clone(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.clone(x, memory_format=0)

  def cast(self: __torch__.Ops, x: Tensor, dtype: Tensor) -> Tensor:
    return x.to(int(dtype))

  # On the device of like.
  def full(self: __torch__.Ops, sizes: Tensor, value: Tensor, dtype: Tensor, like: Tensor) -> Tensor:
    shape: List[int] = []
    for i in range(torch.numel(sizes)):
      shape.append(int(sizes[i]))
    return torch.full(shape, float(value), dtype=int(dtype), device=like.device)

  # --- losses and choices ---

  # Sum of cross entropies over the rows of logits [n, classes], in float32; labels below 0 are ignored.
  def cross_entropy(self: __torch__.Ops, logits: Tensor, labels: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits.to(6), labels, None, 2, -100, 0.)

  # Sum of cross entropies over the rows of logits [n, classes] times weights [n], in float32.
  def weighted_cross_entropy(self: __torch__.Ops, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    return torch.sum(torch.cross_entropy_loss(logits.to(6), labels, None, 0, -100, 0.) * weights)

  # Sum of squared errors, in float32.
  def squared_error(self: __torch__.Ops, x: Tensor, y: Tensor) -> Tensor:
    e = x.to(6) - y
    return torch.sum(e * e)

  # Sum of binary cross entropies of logits, in float32.
  def binary_cross_entropy(self: __torch__.Ops, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.binary_cross_entropy_with_logits(logits.to(6), targets, None, None, 2)

  # cap * tanh(x / cap).
  def soft_cap(self: __torch__.Ops, x: Tensor, cap: Tensor) -> Tensor:
    return torch.tanh(x / float(cap)) * float(cap)

  # Sum of cross entropies of hidden [n, d] under a frozen head, and its gradient for hidden times
  # scale; logits are cap * tanh(logits / cap) where cap is not 0. Only a slice of rows has logits at a time, in a buffer that all slices share and in which
  # the logits become their own gradient, (softmax - one hot) * scale.
  def linear_cross_entropy(self: __torch__.Ops, hidden: Tensor, w: Tensor, b: Tensor, labels: Tensor, scale: Tensor, rows: Tensor, cap: Tensor) -> Tuple[Tensor, Tensor]:
    h = hidden.detach()
    n = h.size(0)
    step = min(int(rows), n)
    gradient = torch.empty_like(h)
    total = torch.zeros([], dtype=7, device=h.device)
    narrow = torch.empty([step, w.size(0)], dtype=w.dtype, device=h.device)
    wide = narrow
    if w.dtype != 6:
      wide = torch.empty([step, w.size(0)], dtype=6, device=h.device)
    bias = self.given(b)
    wt = w.t()
    start = 0
    while start < n:
      m = min(step, n - start)
      logits = narrow.narrow(0, 0, m)
      p = wide.narrow(0, 0, m)
      torch.mm(h.narrow(0, start, m), wt, out=logits)
      if bias is not None:
        logits.add_(bias)
      if w.dtype != 6:
        p.copy_(logits)
      slope = p
      if float(cap) > 0.:
        p.div_(float(cap)).tanh_()
        slope = 1. - p * p
        p.mul_(float(cap))
      label = labels.narrow(0, start, m).unsqueeze(1)
      p.sub_(torch.amax(p, [1], True))
      wanted = torch.gather(p, 1, label)
      p.exp_()
      sums = torch.sum(p, [1], True)
      total.add_(torch.sum(torch.log(sums) - wanted, dtype=7))
      p.mul_(torch.mul(torch.reciprocal(sums), float(scale)))
      p.scatter_add_(1, label, torch.full([m, 1], -float(scale), dtype=6, device=h.device))
      if float(cap) > 0.:
        p.mul_(slope)
      if w.dtype != 6:
        logits.copy_(p)
      torch.mm(logits, w, out=gradient.narrow(0, start, m))
      start = start + m
    return (total, gradient)

  def argmax(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.argmax(x, -1)

  def log_softmax(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.log_softmax(x.to(6), -1)

  # The index of the largest element of the last dimension, and its log-softmax.
  def most_probable(self: __torch__.Ops, x: Tensor) -> Tuple[Tensor, Tensor]:
    wide = x.to(6)
    index = torch.argmax(wide, -1, True)
    score = torch.gather(wide, -1, index) - torch.logsumexp(wide, [-1], True)
    return (index.squeeze(-1), score.squeeze(-1))

  # --- frozen weights ---

  # The elements of a file as a one-dimensional tensor over a private mapping: nothing is read yet.
  def map_file(self: __torch__.Ops, path: Tensor, elements: Tensor, dtype: Tensor) -> Tensor:
    letters: List[str] = []
    for i in range(torch.numel(path)):
      letters.append(chr(int(path[i])))
    return torch.from_file("".join(letters), False, int(elements), dtype=int(dtype))

  # The view of a mapped file that is one tensor; start counts elements.
  def mapped_view(self: __torch__.Ops, file: Tensor, start: Tensor, sizes: Tensor) -> Tensor:
    shape: List[int] = []
    n = 1
    for i in range(torch.numel(sizes)):
      d = int(sizes[i])
      n = n * d
      shape.append(d)
    return file.narrow(0, int(start), n).view(shape)

  def to_device(self: __torch__.Ops, x: Tensor, like: Tensor) -> Tensor:
    return x.to(device=like.device)

  def to_host(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.contiguous(x.to(device=torch.device("cpu")), memory_format=0)

  # W + D, added in float32 and rounded once to W's dtype.
  def merge(self: __torch__.Ops, w: Tensor, d: Tensor) -> Tensor:
    return torch.add(w.to(6), d).to(w.dtype)

  # Largest |a - b| in float32, NaN if either has one.
  def max_difference(self: __torch__.Ops, a: Tensor, b: Tensor) -> Tensor:
    return torch.max(torch.abs(torch.sub(a.to(6), b.to(6))))

  def all_finite(self: __torch__.Ops, x: Tensor) -> Tensor:
    return torch.all(torch.isfinite(x)).to(6)

  # U, S and V^T of a matrix.
  def svd(self: __torch__.Ops, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    u, s, vh = torch.linalg_svd(x, False)
    return (u, s, vh)

  # --- gradients and optimiser steps; called with lists and numbers, in place, in inference mode ---

  # Gradients of the outputs for the parameters; an output's own gradient is 1 where none is given.
  # A parameter that no output depends on gets a tensor without elements. Gradients are laid out like
  # their parameters, as fused kernels expect: one that came through a transpose would not be.
  def gradients(self: __torch__.Ops, outputs: List[Tensor], output_gradients: List[Tensor], parameters: List[Tensor]) -> List[Tensor]:
    traced: List[Tensor] = []
    given: List[Optional[Tensor]] = []
    for i in range(len(outputs)):
      if outputs[i].requires_grad:
        traced.append(outputs[i])
        given.append(self.given(output_gradients[i]))
    found: List[Optional[Tensor]] = []
    if len(traced) > 0:
      found = torch.autograd.grad(traced, parameters, given, None, False, True)
    else:
      for i in range(len(parameters)):
        found.append(None)
    result: List[Tensor] = []
    for i in range(len(found)):
      g = found[i]
      if g is None:
        result.append(torch.empty([0]))
      else:
        result.append(torch.contiguous(g, memory_format=0))
    return result

  def add_each(self: __torch__.Ops, sums: List[Tensor], terms: List[Tensor]) -> Tensor:
    torch._foreach_add_(sums, terms, alpha=1)
    return sums[0]

  def scale_each(self: __torch__.Ops, tensors: List[Tensor], factor: float) -> Tensor:
    torch._foreach_mul_(tensors, factor)
    return tensors[0]

  def global_norm(self: __torch__.Ops, tensors: List[Tensor]) -> float:
    return float(torch.linalg_vector_norm(torch.stack(torch._foreach_norm(tensors, 2)), 2))

  # One AdamW step (Loshchilov & Hutter 2019) over all tensors in one kernel; steps count as float32.
  def adamw(self: __torch__.Ops, parameters: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], rate: float, beta1: float, beta2: float, decay: float, eps: float) -> Tensor:
    torch._foreach_add_(steps, 1)
    torch._fused_adamw_(parameters, gradients, first, second, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    return steps[0]

  # Rows that are longer than their radius are shortened to it; the others stay as they are, to the bit.
  def project_rows(self: __torch__.Ops, x: Tensor, radii: Tensor) -> Tensor:
    norms = torch.linalg_vector_norm(x, 2, [1], True)
    radius = radii.unsqueeze(1)
    return x.mul_(torch.where(torch.gt(norms, radius), radius / norms, torch.ones_like(norms)))

  def assign(self: __torch__.Ops, target: Tensor, source: Tensor) -> Tensor:
    return target.copy_(source)
