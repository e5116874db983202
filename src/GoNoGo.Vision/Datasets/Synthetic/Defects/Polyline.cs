using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>A line of straight pieces with fast rejection of points far away.</summary>
internal sealed class Polyline
{
    private readonly Vector2[] _points;
    private readonly Vector2 _low;
    private readonly Vector2 _high;

    public Polyline(Vector2[] points)
    {
        _points = points;
        (_low, _high) = (points[0], points[0]);
        foreach (Vector2 point in points)
        {
            _low = Vector2.Min(_low, point);
            _high = Vector2.Max(_high, point);
        }
    }

    /// <summary>Distance to the line (large beyond <paramref name="reach"/>), where along it (0 to 1) and on which side.</summary>
    public float Distance(Vector2 point, float reach, out float along, out float side)
    {
        (along, side) = (0f, 0f);
        if (point.X < _low.X - reach || point.Y < _low.Y - reach || point.X > _high.X + reach || point.Y > _high.Y + reach)
        {
            return float.MaxValue;
        }

        float best = float.MaxValue;
        for (int piece = 0; piece + 1 < _points.Length; piece++)
        {
            Vector2 a = _points[piece];
            Vector2 b = _points[piece + 1];
            float distance = Ink.Segment(point, a, b, out float t);
            if (distance < best)
            {
                best = distance;
                along = (piece + t) / (_points.Length - 1);
                Vector2 normal = new(a.Y - b.Y, b.X - a.X);
                side = Vector2.Dot(point - a, normal) * Vector2.Dot(normal, Ink.Light) >= 0f ? 1f : -1f;
            }
        }

        return best;
    }
}
