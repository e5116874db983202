using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = e^x.</summary>
public static class ExpOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Exp(this Variable x) =>
        UnaryOperator.Apply(x, default(ExpFunction), default(MultiplyFunction), gradientFromOutput: true);
}
