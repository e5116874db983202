namespace GoNoGo.Detection.Backbones;

/// <summary>Where a transformer's final norm is applied for a level inside the network (choice 6, <c>block-norm</c>).</summary>
public enum BlockNorm
{
    /// <summary>Once, after the last block used.</summary>
    Once,

    /// <summary>After every block up to the last one used, as the code of paper A does it for its block 7.</summary>
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

    /// <summary>Choice 2: only full scale to 1, without mean and deviation.</summary>
    public bool IsUnitScaled { get; init; }

    /// <summary>Choice 3: the weights' own resize and centre crop instead of the whole picture.</summary>
    public bool UsesOwnFraming { get; init; }

    /// <summary>Whether pictures are resized bicubically.</summary>
    public bool IsBicubic { get; init; }

    /// <summary>Choice 8: the branch of the training checkpoint (<c>teacher</c>); null for the usual one.</summary>
    public string? Branch { get; init; }

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
