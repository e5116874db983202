using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>The whole flow as one operator: z and the log-determinant, and the gradients of maps and parameters.</summary>
internal static unsafe class FlowTransform
{
    /// <summary>Maps <c>[B, C, H, W]</c> to z.</summary>
    public static FlowOutput Run(FastFlow flow, Variable x)
    {
        Node node = x.Tape.Rent<Node>();
        node.Prepare(flow, x);
        if (x.Tape.Records && node.NeedsGradient)
        {
            return Run(flow.Options, flow.Couplings, x, node);
        }

        node.Home!.Push(node);
        return Run(flow.Options, flow.Couplings, x);
    }

    /// <summary>Maps <c>[B, C, H, W]</c> to z, and nothing kept for a way back.</summary>
    public static FlowOutput Run(FastFlowOptions options, ICoupling[] couplings, Variable x) => Run(options, couplings, x, null);

    /// <summary>Maps to z; a node keeps what the way back needs.</summary>
    private static FlowOutput Run(FastFlowOptions options, ICoupling[] couplings, Variable x, Node? node)
    {
        Tape tape = x.Tape;
        Shape shape = x.Shape;
        int passiveChannels = options.PassiveChannels;
        var buffers = new FlowBuffers(options, shape, tape.Scope);
        Tensor z = tape.New(shape);
        (Tensor Passive, Tensor Active) input = (tape.New(shape.With(1, passiveChannels)), default);
        buffers.TakePassive(x.Value, input.Passive);
        for (int s = 0; s < couplings.Length; s++)
        {
            // The first step reads the active channels where they are; the last writes the whole result.
            SplitMaps source = s == 0 ? new SplitMaps(x.Value, passiveChannels) : new SplitMaps(input.Passive, input.Active);
            (Tensor Passive, Tensor Active) output = s == couplings.Length - 1 ? default : buffers.NewPair(tape.Scope);
            SplitMaps target = s == couplings.Length - 1 ? new SplitMaps(z, passiveChannels) : new SplitMaps(output.Passive, output.Active);
            BlockedMaps hidden = node is null ? buffers.Hidden : BlockedMaps.New(tape.Scope, shape.With(1, options.HiddenChannels));
            Tensor logScales = node is null ? default : tape.New(shape.With(1, options.ActiveChannels));
            CouplingArguments arguments = couplings[s].Prepare(input.Passive, hidden, buffers, out double logScale);
            CouplingForward.Run(
                arguments, source, target, node is null ? null : logScales.Pointer, buffers.Partial.Pointer, logScale, buffers.LogDeterminants);
            if (node is null)
            {
                Release(tape, input);
            }
            else
            {
                node.Stages[s] = new Stage(input.Passive, source, target, hidden, logScales);
            }

            input = output;
        }

        Tensor map = tape.New(new Shape(shape[0], shape[2], shape[3]));
        Tensor logDeterminant = tape.New(new Shape(shape[0]));
        Store(buffers, map, logDeterminant);
        if (node is null)
        {
            return new FlowOutput(tape.Constant(z), tape.Constant(logDeterminant), map);
        }

        node.Buffers = buffers;
        node.GradLogDeterminant = default;
        Variable result = tape.Emit(z, node);
        LogDeterminantNode second = tape.Rent<LogDeterminantNode>();
        second.Z = result;
        second.Main = node;
        return new FlowOutput(result, tape.Emit(logDeterminant, second), map);
    }

    private static void Release(Tape tape, (Tensor Passive, Tensor Active) pair)
    {
        tape.Scope.Release(pair.Passive);
        if (!pair.Active.IsEmpty)
        {
            tape.Scope.Release(pair.Active);
        }
    }

    private static void Store(in FlowBuffers buffers, Tensor map, Tensor logDeterminant)
    {
        int pixels = map.Shape[1] * map.Shape[2];
        Span<float> positions = map.Span;
        Span<float> totals = logDeterminant.Span;
        for (int image = 0; image < totals.Length; image++)
        {
            double sum = 0;
            for (int i = image * pixels; i < (image + 1) * pixels; i++)
            {
                sum += buffers.LogDeterminants[i];
                positions[i] = (float)buffers.LogDeterminants[i];
            }

            totals[image] = (float)sum;
        }
    }

    /// <summary>What a step keeps for the backward pass.</summary>
    private readonly record struct Stage(Tensor Passive, SplitMaps X, SplitMaps Y, BlockedMaps Hidden, Tensor LogScales);

    /// <summary>Hands the log-determinant's gradient to the flow's own node, which comes after it on the way back.</summary>
    private sealed class LogDeterminantNode : TapeNode
    {
        public Variable Z { get; set; }

        public Node Main { get; set; } = null!;

        public override void Backward(Tape tape, Tensor gradient)
        {
            Main.GradLogDeterminant = gradient;
            // Zeros where z has no gradient of its own, so that the flow's node is not left out.
            _ = tape.Accumulate(Z);
        }
    }

    private sealed class Node : TapeNode
    {
        private const int ParametersPerStep = 6;

        private FastFlow _flow = null!;
        private Variable _x;
        private Variable[] _parameters = [];

        public Stage[] Stages { get; private set; } = [];

        public FlowBuffers Buffers { get; set; }

        public Tensor GradLogDeterminant { get; set; }

        public bool NeedsGradient { get; private set; }

        /// <summary>Puts the parameters on the tape.</summary>
        public void Prepare(FastFlow flow, Variable x)
        {
            _flow = flow;
            _x = x;
            ReadOnlySpan<CouplingStep> steps = flow.Steps;
            if (Stages.Length != steps.Length)
            {
                Stages = new Stage[steps.Length];
                _parameters = new Variable[steps.Length * ParametersPerStep];
            }

            NeedsGradient = x.NeedsGradient;
            for (int s = 0; s < steps.Length; s++)
            {
                ReadOnlySpan<Parameter> parameters = steps[s].Parameters;
                for (int i = 0; i < ParametersPerStep; i++)
                {
                    Variable variable = x.Tape.Use(parameters[i]);
                    _parameters[(s * ParametersPerStep) + i] = variable;
                    NeedsGradient |= variable.NeedsGradient;
                }
            }
        }

        public override void Backward(Tape tape, Tensor gradient)
        {
            FastFlowOptions options = _flow.Options;
            int passive = options.PassiveChannels;
            Tensor sums = tape.New(new Shape(gradient.Shape[0], options.Channels, 2 * CouplingBackward.Sums));
            (Tensor Passive, Tensor Active) gradX = Buffers.NewPair(tape.Scope);
            (Tensor Passive, Tensor Active) gradY = _flow.Steps.Length > 1 ? Buffers.NewPair(tape.Scope) : default;
            var gradOutput = new SplitMaps(gradient, passive);
            for (int s = _flow.Steps.Length - 1; s >= 0; s--)
            {
                CouplingStep step = _flow.Steps[s];
                Stage stage = Stages[s];
                bool wantsInput = s > 0 || _x.NeedsGradient;
                step.Scales(Buffers.Scale.Span);
                var pass = new CouplingBackward
                {
                    Arguments = new CouplingArguments(options, Buffers.Raw, Buffers.Scale.Pointer, step.Offset.Value.Pointer, step.Places),
                    X = stage.X,
                    Y = stage.Y,
                    GradY = gradOutput,
                    GradX = wantsInput ? new SplitMaps(gradX.Passive, gradX.Active) : default,
                    LogScales = stage.LogScales.Pointer,
                    GradLogDeterminant = GradLogDeterminant.IsEmpty ? null : GradLogDeterminant.Pointer,
                    Workspace = (double*)sums.Pointer,
                };
                pass.Run();
                ReadOnlySpan<Variable> parameters = _parameters.AsSpan(s * ParametersPerStep, ParametersPerStep);
                pass.Collect(step.Scale.Value, tape.Target(parameters[0]), tape.Target(parameters[1]), tape.Target(parameters[5]));
                Subnet(tape, step, stage, parameters, wantsInput ? gradX.Passive : default);
                gradOutput = new SplitMaps(gradX.Passive, gradX.Active);
                if (s > 0)
                {
                    (gradX, gradY) = (gradY, gradX);
                }
            }

            if (_x.NeedsGradient)
            {
                AddTo(tape, gradX);
            }
        }

        /// <summary>The gradients of the subnet's parameters but the last bias, and what flows through it into the passive channels.</summary>
        private void Subnet(Tape tape, CouplingStep step, in Stage stage, ReadOnlySpan<Variable> parameters, Tensor gradPassive)
        {
            if (tape.Target(parameters[4]) is { IsWanted: true } gradSecond)
            {
                BlockedConvolution.GradientOfWeight(stage.Hidden, Buffers.Raw, gradSecond.Accumulate, gradSecond.Tensor);
            }

            BlockedConvolution.GradientOfInput(Buffers.Raw, step.SecondWeight.Value, relu: stage.Hidden, Buffers.Hidden);
            if (tape.Target(parameters[3]) is { IsWanted: true } gradBias)
            {
                BlockedConvolution.GradientOfBias(Buffers.Hidden, gradBias.Accumulate, gradBias.Tensor);
            }

            if (tape.Target(parameters[2]) is { IsWanted: true } gradFirst)
            {
                Buffers.Passive.CopyFrom(stage.Passive);
                BlockedConvolution.GradientOfWeight(Buffers.Passive, Buffers.Hidden, gradFirst.Accumulate, gradFirst.Tensor);
            }

            if (!gradPassive.IsEmpty)
            {
                BlockedConvolution.GradientOfInput(Buffers.Hidden, step.FirstWeight.Value, relu: default, Buffers.Passive);
                Buffers.Passive.CopyTo(gradPassive, accumulate: true);
            }
        }

        private void AddTo(Tape tape, (Tensor Passive, Tensor Active) gradX)
        {
            Tensor target = tape.Accumulate(_x, out bool overwrite);
            Tensor sum = overwrite ? target : tape.New(target.Shape);
            Buffers.Assemble(gradX.Passive, gradX.Active, sum);
            for (long i = 0; !overwrite && i < target.ElementCount; i++)
            {
                target.Pointer[i] += sum.Pointer[i];
            }
        }
    }
}
