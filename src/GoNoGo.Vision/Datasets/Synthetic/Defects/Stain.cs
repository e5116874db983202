using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>A stain of rust or burnt oil: brown, uneven, with a darker rim where it dried.</summary>
internal sealed class Stain : Defect
{
    private readonly Vector2 _centre;
    private readonly float _radius;
    private readonly float _opacity;
    private readonly Vector3 _tint;
    private readonly uint _key;

    public Stain(Draws draws)
    {
        _radius = draws.Range(15f, 23f);
        _centre = Placement.OnFace(draws, 0.6f * _radius, avoidMarkings: false);
        _opacity = draws.Range(0.6f, 0.8f);
        _tint = new Vector3(0.66f, 0.44f, 0.24f) * draws.Range(0.92f, 1.1f);
        _key = draws.Key();
    }

    public override Vector3 Shade(Vector3 colour, Vector2 point, float blur)
    {
        float edge = Edge(point);
        float cover = Ink.Cover(edge, 5f);
        if (cover <= 0f)
        {
            return colour;
        }

        float mottle = 0.82f + (0.18f * Ink.Noise(point.X * 0.22f, point.Y * 0.22f, _key + 3));
        float rim = 0.22f * Ink.Bell(edge + 3f, 1.6f);
        float opacity = Math.Clamp(cover * ((_opacity * mottle) + rim), 0f, 1f);
        return Vector3.Lerp(colour, colour * _tint, opacity);
    }

    public override bool IsMarked(Vector2 point) => Edge(point) < 0f;

    private float Edge(Vector2 point)
    {
        Vector2 p = point - _centre;
        float wobble = (0.3f * Ink.Noise((point.X * 0.07f) + 50f, point.Y * 0.07f, _key)) + (0.12f * Ink.Noise(point.X * 0.2f, point.Y * 0.2f, _key + 1));
        return p.Length() - (_radius * (1f + wobble));
    }
}
