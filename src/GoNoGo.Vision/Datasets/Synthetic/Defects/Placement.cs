using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>Finds a place for a defect on the machined faces.</summary>
internal static class Placement
{
    private const int Tries = 200;

    /// <summary>A point on a face, at least <paramref name="margin"/> from outline, bore and holes (and label and code, if wanted).</summary>
    public static Vector2 OnFace(Draws draws, float margin, bool avoidMarkings)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            var point = new Vector2(draws.Range(-Flange.HalfSide, Flange.HalfSide), draws.Range(-Flange.HalfSide, Flange.HalfSide));
            if (IsOnFace(point, margin) && !(avoidMarkings && Marking.IsNear(point, margin)))
            {
                return point;
            }
        }

        return new Vector2(0f, -46f);
    }

    /// <summary>Whether a point lies on a machined face, at least <paramref name="margin"/> from outline, bore and holes.</summary>
    public static bool IsOnFace(Vector2 point, float margin) =>
        Flange.Outline(point) <= -margin && point.Length() >= Flange.BoreRadius + 5f + margin && !IsNearHole(point, margin);

    private static bool IsNearHole(Vector2 point, float margin)
    {
        foreach (Vector2 hole in Flange.Holes)
        {
            if (Vector2.Distance(point, hole) < Flange.SinkRadius + margin)
            {
                return true;
            }
        }

        return false;
    }
}
