using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd;

/// <summary>Takes the gradient buffers of operators' inputs in the form that backward kernels want.</summary>
internal static class GradientTargets
{
    /// <summary>The buffer of a variable's gradient and whether to add to it; <c>default</c> where no gradient is needed.</summary>
    public static GradientTarget Target(this Tape tape, Variable variable) =>
        variable.NeedsGradient ? new GradientTarget(tape.Accumulate(variable, out bool overwrite), !overwrite) : default;
}
