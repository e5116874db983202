using GoNoGo.Detection.Options;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Backbones;

/// <summary>Where a transformer's final norm is applied for a level inside the network (choice 6, <c>block-norm</c>).</summary>
public enum BlockNorm
{
    /// <summary>Once, after the last block used.</summary>
    Once,

    /// <summary>After every block up to the last one used, as the code of Alber et al. 2024 does it for its block 7.</summary>
    EveryBlock,
}

/// <summary>The choices that change what a backbone computes.</summary>
public sealed record BackboneOptions
{
    /// <summary>Rows and columns of the input; 0 for the variant's own size.</summary>
    public int InputSize { get; init; }

    /// <summary>Choice 6.</summary>
    public BlockNorm BlockNorm { get; init; }

    /// <summary>Choice 7, added to the variance in layer norms; null for the family's own.</summary>
    public float? NormEpsilon { get; init; }

    /// <summary>Choice 1: training mode, as the published code left it. Features then depend on the batch.</summary>
    public bool IsTraining { get; init; }

    /// <summary>Choice 2: how samples are scaled.</summary>
    public InputScaling Scaling { get; init; } = InputScaling.ImageNet;

    /// <summary>The range of each channel over the training pictures, with <see cref="InputScaling.MinMax"/>; empty while nobody has looked.</summary>
    public IReadOnlyList<ChannelRange> Ranges { get; init; } = [];

    /// <summary>Choice 3: the weights' own resize and centre crop instead of the whole picture.</summary>
    public bool UsesOwnFraming { get; init; }

    /// <summary>Whether pictures are resized bicubically.</summary>
    public bool IsBicubic { get; init; }

    /// <summary>Choice 8: the branch of the training checkpoint (<c>teacher</c>); null for the usual one.</summary>
    public string? Branch { get; init; }

    /// <summary>Refuses ranges that nobody has found.</summary>
    /// <exception cref="OptionException"><c>input-scaling=minmax</c> without numbers.</exception>
    public void RequireRanges()
    {
        if (Scaling == InputScaling.MinMax && Ranges.Count == 0)
        {
            throw new OptionException($"{InputScalingOption.Id}={InputScalingOption.MinMax} stands for numbers that training finds from the pictures; give MIN..MAX of the three channels here, separated by commas, for example {InputScalingOption.Id}=0..0.9,0..0.9,0..0.8");
        }
    }

    /// <summary>Rows and columns of the input of a network that was trained at a size.</summary>
    internal int SizeOr(int trained) => InputSize == 0 ? trained : InputSize;

    internal void RequireNoBlockNorm(string id)
    {
        if (BlockNorm != BlockNorm.Once)
        {
            throw new BackboneException($"backbone '{id}' has no block-norm; that choice is for vision transformers");
        }
    }

    internal void RequireNoNormEpsilon(string id)
    {
        if (NormEpsilon is not null)
        {
            throw new BackboneException($"backbone '{id}' has no norm-eps; that choice is for transformers (deit, esvit)");
        }
    }
}
