using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x (1 + erf(x / sqrt 2)) / 2: the Gaussian error linear unit (Hendrycks, Gimpel 2016) in its exact form.</summary>
public static class GeluOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Gelu(this Variable x) =>
        UnaryOperator.Apply(x, default(GeluFunction), default(GeluGradient), gradientFromOutput: false);
}
