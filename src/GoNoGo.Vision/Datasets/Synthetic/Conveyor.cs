using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>What lies under and around the part: a ribbed rubber belt between two rails, and the part's shadow.</summary>
internal static class Conveyor
{
    private const float RailWidth = 13f;

    private static readonly Vector3 Rubber = new(58f, 64f, 68f);
    private static readonly Vector3 Rail = new(118f, 122f, 127f);

    /// <summary>The ground at a point of the picture (256 units a side) with the part at <paramref name="fromPart"/> from its centre.</summary>
    public static Vector3 At(Vector2 point, Vector2 fromPart, float blur)
    {
        float rib = MathF.Sin(point.X * (MathF.Tau / 9f));
        float weave = 2.2f * Ink.Noise(point.X * 0.45f, point.Y * 0.45f, 311);
        Vector3 belt = Rubber + new Vector3((3.4f * rib) + weave);

        float away = Flange.Outline(fromPart + (8.5f * Ink.Light));
        belt *= 1f - (0.55f * Ink.Smooth(1f - ((away + 4f) / 16f)));

        float fromEdge = MathF.Min(point.Y, 256f - point.Y);
        float gloss = 22f * Ink.Bell(fromEdge - 6f, 2.2f);
        Vector3 rail = Rail + new Vector3(gloss + (2f * Ink.Noise(point.X * 0.03f, point.Y * 0.8f, 312)));
        belt *= 1f - (0.35f * Ink.Smooth(1f - ((fromEdge - RailWidth) / 7f)));
        return Vector3.Lerp(belt, rail, Ink.Cover(fromEdge - RailWidth, blur));
    }
}
