using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>A dent: no colour of its own, a smooth hollow that turns the light: dark towards it, bright away from it.</summary>
internal sealed class Dent : Defect
{
    private readonly Vector2 _centre;
    private readonly float _width;
    private readonly float _depth;
    private readonly float _stretch;
    private readonly Vector2 _axis;

    public Dent(Draws draws)
    {
        _width = draws.Range(8f, 11f);
        _centre = Placement.OnFace(draws, _width, avoidMarkings: true);
        _depth = draws.Range(95f, 125f);
        _stretch = draws.Range(0.8f, 1.25f);
        float angle = draws.Range(0f, MathF.PI);
        _axis = new Vector2(MathF.Cos(angle), MathF.Sin(angle));
    }

    public override Vector3 Shade(Vector3 colour, Vector2 point, float blur)
    {
        Vector2 q = Local(point);
        float reach = q.Length();
        if (reach > 4f * _width)
        {
            return colour;
        }

        float bell = Ink.Bell(reach, _width);
        float slope = Vector2.Dot(point - _centre, Ink.Light) / _width * bell;
        // A hollow also gathers a little less light at its bottom.
        return colour - new Vector3((_depth * slope) + (0.16f * _depth * bell));
    }

    public override bool IsMarked(Vector2 point) => Local(point).Length() < 2f * _width;

    private Vector2 Local(Vector2 point)
    {
        Vector2 p = point - _centre;
        var across = new Vector2(-_axis.Y, _axis.X);
        return new Vector2(Vector2.Dot(p, _axis) / _stretch, Vector2.Dot(p, across) * _stretch);
    }
}
