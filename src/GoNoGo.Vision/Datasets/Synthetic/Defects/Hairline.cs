using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>
/// A hairline crack: two pixels wide, a few dozen long, darker than its surroundings. The small defect of low
/// contrast that a demonstration must not leave out.
/// </summary>
internal sealed class Hairline : Defect
{
    private const int Pieces = 9;
    private const float HalfWidth = 1.0f;

    private readonly Polyline _line;
    private readonly float _contrast;

    public Hairline(Draws draws)
    {
        Vector2 at = Placement.OnFace(draws, 14f, avoidMarkings: true);
        float step = draws.Range(44f, 66f) / Pieces;
        float heading = draws.Range(0f, MathF.Tau);
        float mean = heading;
        var points = new Vector2[Pieces + 1];
        // The crack is drawn around its middle, so that it stays where there was room for it.
        for (int index = 0; index <= Pieces; index++)
        {
            points[index] = at;
            heading = mean + draws.Range(-0.7f, 0.7f);
            at += step * new Vector2(MathF.Cos(heading), MathF.Sin(heading));
        }

        Vector2 shift = (points[0] - points[Pieces]) / 2f;
        for (int index = 0; index <= Pieces; index++)
        {
            points[index] += shift;
        }

        _line = new Polyline(points);
        _contrast = draws.Range(0.3f, 0.4f);
    }

    public override Vector3 Shade(Vector3 colour, Vector2 point, float blur)
    {
        float distance = _line.Distance(point, 4f, out float along, out _);
        return distance > 4f
            ? colour
            : colour * (1f - (_contrast * Ink.Cover(distance - HalfWidth, blur) * Ink.Smooth(0.4f + (5f * MathF.Min(along, 1f - along)))));
    }

    public override bool IsMarked(Vector2 point) => _line.Distance(point, 4f, out _, out _) < HalfWidth + 1f;
}
