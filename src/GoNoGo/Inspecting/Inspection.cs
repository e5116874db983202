namespace GoNoGo.Inspecting;

/// <summary>The decision about a part.</summary>
public enum Verdict
{
    /// <summary>The part is good: score below the threshold.</summary>
    Go,

    /// <summary>The part is defective: score at or above the threshold.</summary>
    NoGo,
}

/// <summary>What was found on one picture.</summary>
/// <param name="Name">The picture's file as it was given.</param>
/// <param name="Score">The image score; larger is more anomalous.</param>
/// <param name="Threshold">The threshold it was compared with: no-go if and only if score &gt;= threshold.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="Map">The anomaly map.</param>
public sealed record Inspection(string Name, float Score, float Threshold, Verdict Verdict, AnomalyMap Map)
{
    /// <summary>The score for display, 0 to 100 with 50 at the threshold, on the model's <see cref="DisplayScale"/>.</summary>
    public required double DisplayScore { get; init; }

    /// <summary>Where the part looks defective: what of the map lies at or above the pixel threshold; null where the model has none.</summary>
    public DefectList? Defects { get; init; }
}

/// <summary>Where a picture is anomalous: one value a map pixel, larger is more anomalous.</summary>
/// <param name="Values">The values <c>[Height, Width]</c>, row-major; NaN where nothing is judged.</param>
/// <param name="Width">Map pixels a row.</param>
/// <param name="Height">Map rows.</param>
/// <param name="Region">The part of the picture that the map covers.</param>
public sealed record AnomalyMap(float[] Values, int Width, int Height, MapRegion Region);

/// <summary>A rectangle in picture pixels.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct MapRegion(double X, double Y, double Width, double Height);
