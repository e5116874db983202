namespace GoNoGo.Evaluating;

/// <summary>What to evaluate on what.</summary>
/// <param name="Model">The model file.</param>
/// <param name="DataFolder">The data root.</param>
public sealed record EvaluateRequest(string Model, string DataFolder)
{
    /// <summary>The category; the model's own where null.</summary>
    public string? Category { get; init; }

    /// <summary>The layout of the data set; recognised where null.</summary>
    public string? Layout { get; init; }

    /// <summary>The file of the backbone's weights for a model that does not hold them; from the store of weights where null.</summary>
    public string? Weights { get; init; }

    /// <summary>Pixel metrics at each picture's own size instead of the model's map size.</summary>
    public bool NativeMapSize { get; init; }

    /// <summary>Judge with this threshold instead of the model's.</summary>
    public float? Threshold { get; init; }

    /// <summary>Whether test pictures of one kind alone are refused before any is judged.</summary>
    internal bool RequiresBothKinds { get; init; }

    /// <summary>How many pictures of each kind (best, worst, false alarms, misses) are kept with their maps for a report; 0 = none.</summary>
    public int ShowcaseCount { get; init; }
}
