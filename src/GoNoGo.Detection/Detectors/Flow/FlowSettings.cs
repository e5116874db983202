using GoNoGo.Detection.Options;
using GoNoGo.Learning.Densities.Flows;

namespace GoNoGo.Detection.Detectors.Flow;

/// <summary>The options of the flow, read once and named as the code uses them.</summary>
internal sealed record FlowSettings
{
    /// <summary>Coupling steps where the option leaves it to the number of levels, as published: for one level, and for several.</summary>
    private const int StepsOfOne = 20;
    private const int StepsOfSeveral = 8;

    public required int Steps { get; init; }

    public required double HiddenRatio { get; init; }

    public required float Clamp { get; init; }

    public required ClampForm ClampForm { get; init; }

    public required SubnetKernels Kernels { get; init; }

    public required FlowScore Score { get; init; }

    /// <summary>Standard deviation of the training noise, as a share of the features' root mean square.</summary>
    public required double Noise { get; init; }

    public required bool Standardises { get; init; }

    /// <summary>Reads the options.</summary>
    /// <param name="options">Of <see cref="FlowOptions.Table"/>.</param>
    /// <param name="levels">Levels of the backbone that are looked at.</param>
    public static FlowSettings From(OptionSet options, int levels)
    {
        int steps = options.Integer("steps");
        return new FlowSettings
        {
            Steps = steps > 0 ? steps : levels > 1 ? StepsOfSeveral : StepsOfOne,
            HiddenRatio = options.Number("hidden-ratio"),
            Clamp = (float)options.Number("clamp"),
            ClampForm = options["flow-clamp"] == "tanh-a" ? ClampForm.TanhOfA : ClampForm.TanhOfAOverAlpha,
            Kernels = options["kernels"] switch
            {
                "3x3" => SubnetKernels.Three,
                "1x1" => SubnetKernels.One,
                _ => SubnetKernels.Alternating,
            },
            Score = options["flow-score"] switch
            {
                "probability" => FlowScore.Probability,
                "likelihood" => FlowScore.Likelihood,
                _ => FlowScore.Energy,
            },
            Noise = options.Number(FeatureNoise.Option.Id),
            Standardises = options["standardise"] == "image-score",
        };
    }

    /// <summary>The flow of a level of so many features.</summary>
    /// <exception cref="OptionException">It would have no hidden layer.</exception>
    public FastFlowOptions FlowOf(int width)
    {
        var flow = new FastFlowOptions(width)
        {
            Steps = Steps,
            HiddenRatio = HiddenRatio,
            Clamp = Clamp,
            ClampForm = ClampForm,
            Kernels = Kernels,
        };
        return flow.HiddenChannels >= 1
            ? flow
            : throw new OptionException(FormattableString.Invariant(
                $"hidden-ratio={HiddenRatio} leaves no hidden layer in the flow of a level of {width} features; choose at least {1.0 / flow.PassiveChannels:G3}"));
    }
}
