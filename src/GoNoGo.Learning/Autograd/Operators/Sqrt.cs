using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = square root of x.</summary>
public static class SqrtOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Sqrt(this Variable x) =>
        UnaryOperator.Apply(x, default(SqrtFunction), default(SqrtGradient), gradientFromOutput: true);
}
