using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>
/// A normalizing flow over feature maps (Yu et al. 2021, "FastFlow"; Alber et al. 2024, "NF"): a chain of affine couplings with small
/// convolutional subnets that turns maps into independent standard normal numbers, and back, with the exact log-determinant.
/// Parameters <c>fast_flow_decoder.module_list.{step}.*</c> as in the published checkpoints; permutations are index vectors
/// <c>perm</c> where those have C x C matrices.
/// </summary>
public sealed partial class FastFlow
{
    private readonly CouplingStep[] _steps;

    /// <summary>Makes or reads the parameters.</summary>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public FastFlow(FastFlowOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        if (options.Channels < 2 || options.Steps < 1 || options.HiddenChannels < 1 || !(options.Clamp > 0 && float.IsFinite(options.Clamp)))
        {
            throw new ArgumentException(
                $"FastFlow: needs two or more channels, one or more steps, a hidden layer and a clamp above 0, got {options}.", nameof(options));
        }

        Options = options;
        WeightSource steps = source.Child("fast_flow_decoder").Child("module_list");
        _steps = [.. Enumerable.Range(0, options.Steps).Select(
            step => new CouplingStep(options, step, steps.Child(step.ToString(System.Globalization.CultureInfo.InvariantCulture))))];
    }

    /// <summary>The sizes and forms.</summary>
    public FastFlowOptions Options { get; }

    internal ReadOnlySpan<CouplingStep> Steps => _steps;

    /// <summary>The same, as the forward pass sees them.</summary>
    internal ICoupling[] Couplings => _steps;

    /// <summary>
    /// The way to z. Cached for the backward pass, per step and position: the C channels, the hidden layer and C / 2 log-scales.
    /// </summary>
    /// <param name="x">Maps <c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public FlowOutput Transform(Variable x)
    {
        Check("Transform", nameof(x), x.Shape);
        return FlowTransform.Run(this, x);
    }

    /// <summary>
    /// Packs the weights as they are now, for any number of passes without a way back: one more copy of the subnets' weights, those of 3x3 kernels in 16
    /// numbers for 9.
    /// </summary>
    public PackedFlow Pack() => new(this);

    /// <summary>The mean over the pictures of their negative log-likelihood (without its constant): what training minimises.</summary>
    /// <param name="x">Maps <c>[B, C, H, W]</c>.</param>
    /// <returns>One number: mean over the batch of (sum z^2 / 2 - log-determinant), summed in double.</returns>
    public Variable Loss(Variable x)
    {
        FlowOutput output = Transform(x);
        return FlowLoss.Compute(output.Z, output.LogDeterminant);
    }

    /// <summary>The way back.</summary>
    /// <param name="z"><c>[B, C, H, W]</c>.</param>
    /// <param name="x">Receives the maps <c>[B, C, H, W]</c>; may be <paramref name="z"/>.</param>
    /// <param name="logDeterminants">Receives the log-determinant of the way back, one number a picture.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public unsafe void Inverse(Tensor z, Tensor x, Span<double> logDeterminants)
    {
        Check("Inverse", nameof(z), z.Shape);
        if (x.Shape != z.Shape || logDeterminants.Length != z.Shape[0])
        {
            throw new ArgumentException($"FastFlow.Inverse: x has shape {x.Shape} and there are {logDeterminants.Length} log-determinants, expected {z.Shape} and {z.Shape[0]}.");
        }

        using var scope = new TensorScope();
        FlowBuffers buffers = new(Options, z.Shape, scope);
        (Tensor passive, Tensor active) = buffers.NewPair(scope);
        (Tensor nextPassive, Tensor nextActive) = buffers.NewPair(scope);
        var output = new SplitMaps(z, Options.PassiveChannels);
        for (int s = _steps.Length - 1; s >= 0; s--)
        {
            CouplingStep step = _steps[s];
            double logScale = step.Scales(buffers.Scale.Span);
            var arguments = new CouplingArguments(Options, buffers.Raw, buffers.Scale.Pointer, step.Offset.Value.Pointer, step.Places);
            CouplingInverse.UndoAffine(arguments, output, passive, active);
            step.RunSubnet(passive, buffers.Passive, buffers.Hidden, buffers.Raw);
            CouplingInverse.UndoCoupling(arguments, active, buffers.Partial.Pointer, logScale, buffers.LogDeterminants);
            output = new SplitMaps(passive, active);
            (passive, nextPassive) = (nextPassive, passive);
            (active, nextActive) = (nextActive, active);
        }

        buffers.Assemble(nextPassive, nextActive, x);
        buffers.SumLogDeterminants(logDeterminants);
    }

    internal void Check(string method, string argument, Shape shape)
    {
        if (shape.Rank != 4 || shape[1] != Options.Channels || shape.ElementCount == 0)
        {
            throw new ArgumentException($"FastFlow.{method}: {argument} has shape {shape}, expected [B, {Options.Channels}, H, W].", argument);
        }
    }
}

/// <summary>What a flow makes of maps.</summary>
/// <param name="Z"><c>[B, C, H, W]</c>.</param>
/// <param name="LogDeterminant">ln |det dz / dx| of each picture, <c>[B]</c>; summed in double and rounded once.</param>
/// <param name="LogDeterminantMap">Its parts by position, <c>[B, H, W]</c>; no gradient flows through them.</param>
public readonly record struct FlowOutput(Variable Z, Variable LogDeterminant, Tensor LogDeterminantMap);
