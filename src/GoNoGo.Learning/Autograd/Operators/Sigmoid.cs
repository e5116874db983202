using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = 1 / (1 + e^-x).</summary>
public static class SigmoidOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Sigmoid(this Variable x) =>
        UnaryOperator.Apply(x, default(SigmoidFunction), default(SigmoidGradient), gradientFromOutput: true);
}
