namespace GoNoGo.Training;

/// <summary>What to train, on what, and where the model goes.</summary>
/// <param name="DataFolder">The data root.</param>
/// <param name="Output">The model file to write (<c>.gonogo</c>).</param>
public sealed record TrainRequest(string DataFolder, string Output)
{
    /// <summary>The category; required where the data set has several.</summary>
    public string? Category { get; init; }

    /// <summary>The layout of the data set; recognised where null.</summary>
    public string? Layout { get; init; }

    /// <summary>The detector's id.</summary>
    public string Detector { get; init; } = "vtadl";

    /// <summary>The backbone of a detector that looks at features; its own choice where null.</summary>
    public string? Backbone { get; init; }

    /// <summary>The levels of the backbone that are looked at, in their order; the usual ones where empty.</summary>
    public IReadOnlyList<string> Levels { get; init; } = [];

    /// <summary>The file of the backbone's weights; from the store of weights where null.</summary>
    public string? Weights { get; init; }

    /// <summary>Whether the model takes the backbone's weights along; null: where they are under 100 MB and their licence allows it.</summary>
    public bool? BundleBackbone { get; init; }

    /// <summary>The set of option values to start from.</summary>
    public string Preset { get; init; } = "default";

    /// <summary>Changes to it, and to the options of the backbone: <c>option=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The region of interest: a mask file, rectangles <c>x,y,w,h;x,y,w,h</c>, or <see cref="NoRegion"/>; null: that of the data set, if it has one.</summary>
    public string? Region { get; init; }

    /// <summary>What is not judged, written likewise.</summary>
    public string? Ignore { get; init; }

    /// <summary>The word for no region, whatever the data set has.</summary>
    public const string NoRegion = "none";

    /// <summary>Drives initialisation, order and noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// How many seeds are trained: <see cref="Seed"/>, <see cref="Seed"/> + 1 and so on. The model of the smallest validation loss is kept (of the first seed where
    /// a detector has none).
    /// </summary>
    public int SeedCount { get; init; } = 1;

    /// <summary>Training ends after so many minutes with the best weights so far; of several seeds all together.</summary>
    public double? MaxMinutes { get; init; }

    /// <summary>Whether the checkpoint beside the output is continued.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether an existing output is overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>Shortest time between two checkpoints.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);
}
