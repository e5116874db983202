using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = 1 / x.</summary>
public static class ReciprocalOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Reciprocal(this Variable x) =>
        UnaryOperator.Apply(x, default(ReciprocalFunction), default(ReciprocalGradient), gradientFromOutput: true);
}
