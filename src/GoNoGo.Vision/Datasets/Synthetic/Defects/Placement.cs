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
            if (Flange.Outline(point) > -margin || point.Length() < Flange.BoreRadius + 5f + margin
                || (avoidMarkings && Marking.IsNear(point, margin)) || IsNearHole(point, margin))
            {
                continue;
            }

            return point;
        }

        return new Vector2(0f, -46f);
    }

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
