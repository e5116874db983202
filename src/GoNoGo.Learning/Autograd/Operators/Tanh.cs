using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = tanh x.</summary>
public static class TanhOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Tanh(this Variable x) =>
        UnaryOperator.Apply(x, default(TanhFunction), default(TanhGradient), gradientFromOutput: true);
}
