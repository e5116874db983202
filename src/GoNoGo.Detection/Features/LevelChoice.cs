using GoNoGo.Detection.Backbones;

namespace GoNoGo.Detection.Features;

/// <summary>The levels of a backbone that are looked at where nobody names any: in the middle, where features are local and no longer plain edges.</summary>
public static class LevelChoice
{
    private static readonly string[] Usual = ["layer2", "layer3", "stage1", "stage2", "block7"];

    /// <summary>The levels: <c>layer2</c> and <c>layer3</c>, <c>stage1</c> and <c>stage2</c>, or <c>block7</c>; the last one of a backbone without them.</summary>
    public static IReadOnlyList<string> Default(Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return Of(backbone, Usual);
    }

    /// <summary>Those levels of a list that a backbone has; the last one of a backbone without any.</summary>
    public static IReadOnlyList<string> Of(Backbone backbone, IReadOnlyList<string> wanted)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        string[] there = [.. wanted.Where(name => backbone.Levels.Any(level => level.Name == name))];
        return there.Length > 0 ? there : [Backbone.LastLevel];
    }
}
