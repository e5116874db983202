namespace GoNoGo.Learning.Densities.Flows;

/// <summary>How a coupling's raw log-scale a (one tenth of the subnet's output) becomes s, with alpha = <see cref="FastFlowOptions.Clamp"/>.</summary>
public enum ClampForm
{
    /// <summary>s = alpha tanh(a): the form of the published numbers (FrEIA until summer 2023).</summary>
    TanhOfA,

    /// <summary>s = alpha tanh(a / alpha): slope 1 at 0 (FrEIA since August 2023).</summary>
    TanhOfAOverAlpha,
}

/// <summary>The kernel sizes of the subnets, step by step.</summary>
public enum SubnetKernels
{
    /// <summary>3x3 in even steps (the first is even), 1x1 in odd ones.</summary>
    Alternating,

    /// <summary>3x3 in every step.</summary>
    Three,

    /// <summary>1x1 in every step: every position is modelled on its own.</summary>
    One,
}

/// <summary>The sizes and forms of a <see cref="FastFlow"/>.</summary>
/// <param name="Channels">Width C of the feature maps, at least 2.</param>
public sealed record FastFlowOptions(int Channels)
{
    /// <summary>Number of coupling steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Width of the subnets' hidden layer as a share of the passive channels, rounded down.</summary>
    public double HiddenRatio { get; init; } = 0.16;

    /// <summary>alpha: the log-scale of a coupling stays between -alpha and alpha.</summary>
    public float Clamp { get; init; } = 2;

    /// <summary>Where alpha enters.</summary>
    public ClampForm ClampForm { get; init; }

    /// <summary>The subnets' kernel sizes.</summary>
    public SubnetKernels Kernels { get; init; }

    /// <summary>Channels that a step passes through and conditions on: ceil(C / 2).</summary>
    public int PassiveChannels => Channels - ActiveChannels;

    /// <summary>Channels that a step scales and shifts: floor(C / 2).</summary>
    public int ActiveChannels => Channels / 2;

    /// <summary>Width of the subnets' hidden layer.</summary>
    public int HiddenChannels => (int)(PassiveChannels * HiddenRatio);

    /// <summary>Numbers that training changes.</summary>
    public long TrainableCount => Enumerable.Range(0, Steps).Sum(step =>
    {
        long taps = (long)KernelOf(step) * KernelOf(step);
        long outputs = 2L * ActiveChannels;
        return (PassiveChannels * HiddenChannels * taps) + HiddenChannels + (HiddenChannels * outputs * taps) + outputs + (2L * Channels);
    });

    /// <summary>The subnet's kernel size in a step.</summary>
    public int KernelOf(int step) => Kernels switch
    {
        SubnetKernels.Three => 3,
        SubnetKernels.One => 1,
        _ => step % 2 == 0 ? 3 : 1,
    };

    /// <summary>
    /// Numbers as the published table counts them: two C x C permutation matrices a step and an unused norm over
    /// <c>[C, H, W]</c> on top of the trainable ones.
    /// </summary>
    public long PublishedCount(int height, int width) =>
        TrainableCount + (2L * Steps * Channels * Channels) + (2L * Channels * height * width);
}
