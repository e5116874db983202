using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = ln(1 + e^(beta x)) / beta, and x itself where beta x &gt; threshold.</summary>
public static class SoftplusOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="beta">Steepness.</param>
    /// <param name="threshold">Where the function turns linear.</param>
    public static Variable Softplus(this Variable x, float beta = 1f, float threshold = 20f) =>
        UnaryOperator.Apply(x, new SoftplusFunction(beta, threshold), new SoftplusGradient(beta, threshold), gradientFromOutput: false);
}
