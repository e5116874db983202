using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>Small functions that everything drawn here shares. Lengths are in units of 1/256 of the picture.</summary>
internal static class Ink
{
    /// <summary>The direction to the light within the picture plane: from the upper left.</summary>
    public static readonly Vector2 Light = Vector2.Normalize(new Vector2(-0.55f, -0.83f));

    /// <summary>The share of a pixel inside a shape, by the signed distance to its edge (negative inside).</summary>
    /// <param name="distance">Signed distance to the edge.</param>
    /// <param name="blur">Width of the transition: one pixel and the softness of the lens.</param>
    public static float Cover(float distance, float blur) => Smooth(0.5f - (distance / blur));

    /// <summary>0 below 0, 1 above 1, and a smooth step between.</summary>
    public static float Smooth(float t)
    {
        t = Math.Clamp(t, 0f, 1f);
        return t * t * (3f - (2f * t));
    }

    /// <summary>A band: 1 where <paramref name="value"/> lies in [low, high], with soft ends.</summary>
    public static float Band(float value, float low, float high, float blur) =>
        Cover(low - value, blur) * Cover(value - high, blur);

    /// <summary>A bell curve of height 1.</summary>
    public static float Bell(float distance, float width) => MathF.Exp(-(distance * distance) / (2f * width * width));

    /// <summary>Signed distance to a rectangle with rounded corners around the origin.</summary>
    public static float RoundedBox(Vector2 point, Vector2 half, float corner)
    {
        Vector2 q = Vector2.Abs(point) - half + new Vector2(corner);
        return Vector2.Max(q, Vector2.Zero).Length() + MathF.Min(MathF.Max(q.X, q.Y), 0f) - corner;
    }

    /// <summary>Distance to the segment from <paramref name="a"/> to <paramref name="b"/>, and where along it (0 to 1).</summary>
    public static float Segment(Vector2 point, Vector2 a, Vector2 b, out float along)
    {
        Vector2 direction = b - a;
        along = Math.Clamp(Vector2.Dot(point - a, direction) / MathF.Max(direction.LengthSquared(), 1e-6f), 0f, 1f);
        return Vector2.Distance(point, a + (along * direction));
    }

    /// <summary>Smooth noise in [-1, 1] on the integer lattice, the same for the same key on every run.</summary>
    public static float Noise(float x, float y, uint key)
    {
        float fx = MathF.Floor(x);
        float fy = MathF.Floor(y);
        int ix = (int)fx;
        int iy = (int)fy;
        float tx = Smooth(x - fx);
        float ty = Smooth(y - fy);
        float top = float.Lerp(Lattice(ix, iy, key), Lattice(ix + 1, iy, key), tx);
        float bottom = float.Lerp(Lattice(ix, iy + 1, key), Lattice(ix + 1, iy + 1, key), tx);
        return float.Lerp(top, bottom, ty);
    }

    /// <summary>A well-mixed 32-bit hash of a lattice point.</summary>
    public static uint Hash(int x, int y, uint key)
    {
        uint h = unchecked(((uint)x * 0x9E3779B1u) ^ ((uint)y * 0x85EBCA77u) ^ (key * 0xC2B2AE3Du));
        h = unchecked((h ^ (h >> 15)) * 0x2C1B3C6Du);
        h = unchecked((h ^ (h >> 12)) * 0x297A2D39u);
        return h ^ (h >> 15);
    }

    private static float Lattice(int x, int y, uint key) => (Hash(x, y, key) * (2f / uint.MaxValue)) - 1f;
}
