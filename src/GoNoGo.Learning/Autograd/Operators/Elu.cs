using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x for x &gt; 0, else e^x - 1 (Clevert et al. 2015, alpha 1).</summary>
public static class EluOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Elu(this Variable x) =>
        UnaryOperator.Apply(x, default(EluFunction), default(EluGradient), gradientFromOutput: true);
}
