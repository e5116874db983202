using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = max(x, 0); the derivative at 0 is 0.</summary>
public static class ReluOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Relu(this Variable x) =>
        UnaryOperator.Apply(x, default(ReluFunction), default(ReluGradient), gradientFromOutput: true);
}
