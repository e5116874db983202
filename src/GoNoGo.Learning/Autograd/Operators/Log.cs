using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = ln x.</summary>
public static class LogOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Log(this Variable x) =>
        UnaryOperator.Apply(x, default(LogFunction), default(LogGradient), gradientFromOutput: false);
}
