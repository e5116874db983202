using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Reductions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Gradients of inputs that may have been broadcast: computed in the result's shape, summed over the repeated dimensions.</summary>
internal static class BroadcastGradient
{
    /// <summary>dx = factor * dy.</summary>
    public static void Scaled(Tape tape, Variable x, Tensor gradY, float factor)
    {
        if (!x.NeedsGradient)
        {
            return;
        }

        GradientTarget gradX = tape.Target(x);
        if (x.Shape.ElementCount == gradY.ElementCount)
        {
            ElementwiseKernel.Run(gradY, new ScaleFunction(factor), gradX.Tensor, gradX.Accumulate);
        }
        else
        {
            SumReduction.ToShape(gradY, factor, gradX.Tensor, gradX.Accumulate);
        }
    }

    /// <summary>dx = function(dy, other), other being broadcast to dy's shape.</summary>
    public static void Product<TFunction>(Tape tape, Variable x, Tensor gradY, Tensor other, TFunction function)
        where TFunction : struct, IBinaryFunction
    {
        if (!x.NeedsGradient)
        {
            return;
        }

        GradientTarget gradX = tape.Target(x);
        if (x.Shape.ElementCount == gradY.ElementCount)
        {
            ElementwiseKernel.Run(gradY, other, function, gradX.Tensor, gradX.Accumulate);
            return;
        }

        Tensor full = tape.New(gradY.Shape);
        ElementwiseKernel.Run(gradY, other, function, full);
        SumReduction.ToShape(full, 1f, gradX.Tensor, gradX.Accumulate);
        tape.Scope.Release(full);
    }
}
