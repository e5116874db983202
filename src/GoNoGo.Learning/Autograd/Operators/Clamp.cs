using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x limited to [lowest, highest]; the gradient passes where the limits are not exceeded.</summary>
public static class ClampOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="lowest">The lower limit.</param>
    /// <param name="highest">The upper limit.</param>
    public static Variable Clamp(this Variable x, float lowest, float highest) =>
        UnaryOperator.Apply(x, new ClampFunction(lowest, highest), new ClampGradient(lowest, highest), gradientFromOutput: false);
}
