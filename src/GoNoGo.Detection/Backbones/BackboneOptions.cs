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
