using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x^2.</summary>
public static class SquareOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Square(this Variable x) =>
        UnaryOperator.Apply(x, default(SquareFunction), default(SquareGradient), gradientFromOutput: false);
}
