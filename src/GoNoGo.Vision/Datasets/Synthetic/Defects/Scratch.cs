using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>A deep scratch: a bright burr on one side, a dark furrow on the other, thin at both ends.</summary>
internal sealed class Scratch : Defect
{
    private const int Pieces = 24;
    private const int Tries = 200;

    private readonly Polyline _line;
    private readonly float _halfWidth;
    private readonly float _strength;
    private readonly uint _key;

    public Scratch(Draws draws)
    {
        var points = new Vector2[Pieces + 1];
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            Draw(draws, points);

            // One that mostly runs over holes would hardly be seen.
            if (points.Count(point => Placement.IsOnFace(point, 1f)) >= Pieces)
            {
                break;
            }
        }

        _line = new Polyline(points);
        _halfWidth = draws.Range(1.7f, 2.4f);
        _strength = draws.Range(0.85f, 1.1f);
        _key = draws.Key();
    }

    public override Vector3 Shade(Vector3 colour, Vector2 point, float blur)
    {
        float distance = _line.Distance(point, 8f, out float along, out float side);
        if (distance > 8f)
        {
            return colour;
        }

        // The tool that made it skipped: width and depth vary along the line.
        float skip = 0.82f + (0.3f * Ink.Noise(along * 14f, 0.5f, _key));
        float width = _halfWidth * Taper(along) * skip;
        float furrow = Ink.Cover(distance - width, blur + 0.4f) * _strength;
        float burr = Ink.Bell(distance - width - 0.6f, 0.8f) * (side > 0f ? 1f : 0.25f) * _strength * Taper(along);
        return (colour * (1f - (0.62f * furrow))) + new Vector3(74f * burr);
    }

    public override bool IsMarked(Vector2 point) =>
        _line.Distance(point, 6f, out float along, out _) <= (_halfWidth * Taper(along)) + 1f;

    private static void Draw(Draws draws, Vector2[] points)
    {
        Vector2 start = Placement.OnFace(draws, 8f, avoidMarkings: false);
        float angle = draws.Range(0f, MathF.Tau);
        Vector2 direction = new(MathF.Cos(angle), MathF.Sin(angle));
        float length = draws.Range(55f, 95f);
        Vector2 bend = new Vector2(-direction.Y, direction.X) * draws.Range(-8f, 8f);
        for (int index = 0; index <= Pieces; index++)
        {
            float t = (float)index / Pieces;
            points[index] = start + (t * length * direction) + (4f * t * (1f - t) * bend);
        }
    }

    private static float Taper(float along) => 0.35f + (0.65f * Ink.Smooth(4f * MathF.Min(along, 1f - along)));
}
