using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>What the camera sees at one point of the part.</summary>
/// <param name="Colour">Linear brightness of red, green and blue, 0 to 255.</param>
/// <param name="Face">1 on the machined faces (where a defect can be), 0 in holes and beside the part.</param>
/// <param name="Body">1 on the part, its holes included; 0 beside it.</param>
internal readonly record struct SurfacePoint(Vector3 Colour, float Face, float Body);

/// <summary>
/// The product: a milled square flange with a turned boss, a bore with keyway, four countersunk holes, an engraved ring,
/// an etched code and a printed label. Drawn from signed distances, so that every edge is smooth at any size.
/// </summary>
/// <param name="grainKey">The key of this part's own brushing.</param>
/// <param name="blur">Width of an edge in part units.</param>
internal sealed class Flange(uint grainKey, float blur)
{
    /// <summary>Half the side of the plate.</summary>
    public const float HalfSide = 92f;

    /// <summary>Radius of the boss.</summary>
    public const float BossRadius = 56f;

    /// <summary>Radius of the bore.</summary>
    public const float BoreRadius = 27f;

    /// <summary>Radius of a hole with its countersink.</summary>
    public const float SinkRadius = 13.5f;

    private const float CornerRadius = 24f;
    private const float HoleRadius = 9.5f;
    private const float HoleOffset = 68f;
    private const uint CommonGrain = 77;

    private static readonly Vector3 Steel = new(168, 173, 178);
    private static readonly Vector3 Turned = new(184, 184, 181);

    /// <summary>The centres of the holes, clockwise from the upper left.</summary>
    public static readonly Vector2[] Holes =
    [
        new(-HoleOffset, -HoleOffset), new(HoleOffset, -HoleOffset), new(HoleOffset, HoleOffset), new(-HoleOffset, HoleOffset),
    ];

    /// <summary>Signed distance to the outline of the plate.</summary>
    public static float Outline(Vector2 point) => Ink.RoundedBox(point, new Vector2(HalfSide), CornerRadius);

    /// <summary>The part at a point of its own coordinates (origin in the bore, y down).</summary>
    /// <param name="point">Where.</param>
    /// <param name="missingHole">The index of a hole that was never drilled, or -1.</param>
    public SurfacePoint At(Vector2 point, int missingHole)
    {
        float outline = Outline(point);
        float body = Ink.Cover(outline, blur);
        if (body <= 0f)
        {
            return default;
        }

        float radius = point.Length();
        Vector2 outward = radius > 1e-3f ? point / radius : Vector2.UnitX;
        float facing = Vector2.Dot(outward, Ink.Light);

        Vector3 colour = Plate(point, outline);
        colour = Boss(colour, point, radius, facing);
        colour = Marking.Code(colour, point, blur);
        colour = Marking.Label(colour, point, blur);

        float face = 1f;
        for (int hole = 0; hole < Holes.Length; hole++)
        {
            if (hole != missingHole)
            {
                colour = Hole(colour, point - Holes[hole], ref face);
            }
        }

        colour = Bore(colour, point, ref face);
        return new SurfacePoint(colour, face * body, body);
    }

    private static float Fine(float a, float b, uint key) =>
        (0.6f * Ink.Noise(a, b, key)) + (0.4f * Ink.Noise(2.3f * a, 1.7f * b, key + 1));

    private Vector3 Plate(Vector2 point, float outline)
    {
        // Brushed along x: lines that are long in x and fine in y; part of it is the tool's, part this part's own.
        float brush = (3.2f * Fine(point.X * 0.012f, point.Y * 0.55f, CommonGrain)) + (1.6f * Fine(point.X * 0.02f, point.Y * 0.7f, grainKey));
        float sheen = (16f * Ink.Bell(point.X + 24f, 42f)) - (0.055f * (point.X + point.Y));
        Vector3 colour = Steel + new Vector3(brush + sheen);

        if (outline < -10f)
        {
            return colour;
        }

        // The chamfer around the plate catches or loses the light by its direction.
        Vector2 normal = OutlineNormal(point);
        float chamfer = Ink.Band(outline, -5f, 2f, 1.6f);
        colour += new Vector3(chamfer * ((62f * Vector2.Dot(normal, Ink.Light)) - 6f));
        return colour - new Vector3(24f * Ink.Bell(outline + 5f, 0.7f) * Math.Max(0f, -Vector2.Dot(normal, Ink.Light)));
    }

    private static Vector2 OutlineNormal(Vector2 point)
    {
        const float step = 0.5f;
        var gradient = new Vector2(
            Outline(point + new Vector2(step, 0)) - Outline(point - new Vector2(step, 0)),
            Outline(point + new Vector2(0, step)) - Outline(point - new Vector2(0, step)));
        return gradient / MathF.Max(gradient.Length(), 1e-4f);
    }

    private Vector3 Boss(Vector3 plate, Vector2 point, float radius, float facing)
    {
        if (radius > BossRadius + 30f)
        {
            return plate;
        }

        // The boss throws a short shadow away from the light and a gleam at its foot towards it.
        float foot = MathF.Exp(-MathF.Max(radius - BossRadius, 0f) / 5f);
        plate += new Vector3(foot * ((40f * MathF.Min(facing, 0f)) + (10f * MathF.Max(facing, 0f))));

        if (radius > BossRadius + (2f * blur) || radius < BoreRadius - 4f)
        {
            return plate;
        }

        // Turned metal: rings, and two bright wedges where the rings' normals halve light and view.
        float angle = MathF.Atan2(point.Y, point.X);
        float wedge = MathF.Pow(MathF.Abs(MathF.Cos(angle - 0.62f)), 7f);
        float narrow = MathF.Pow(MathF.Abs(MathF.Cos(angle - 0.62f)), 40f);
        float rings = (4.5f * Fine(radius * 0.9f, 3.5f, CommonGrain + 5)) + (2f * Fine(radius * 1.1f, 7.5f, grainKey + 5));
        Vector3 turned = Turned + new Vector3(rings - 18f + (34f * wedge) + (18f * narrow));

        // Edge chamfer, engraved ring (dark groove, lit far lip).
        turned += new Vector3(Ink.Band(radius, BossRadius - 3.5f, BossRadius + 2f, 1.5f) * 58f * facing);
        turned -= new Vector3(78f * Ink.Bell(radius - 43.5f, 0.95f));
        turned += new Vector3(30f * Ink.Bell(radius - 43.5f + (1.7f * MathF.Sign(facing)), 0.7f) * MathF.Abs(facing));
        return Vector3.Lerp(plate, turned, Ink.Cover(radius - BossRadius, blur));
    }

    private Vector3 Hole(Vector3 face, Vector2 point, ref float faceShare)
    {
        float radius = point.Length();
        if (radius > SinkRadius + (2f * blur) + 2f)
        {
            return face;
        }

        float facing = radius > 1e-3f ? Vector2.Dot(point / radius, Ink.Light) : 0f;
        Vector3 sink = face - new Vector3(22f) - new Vector3(52f * facing) + new Vector3(5f * Ink.Noise(radius * 1.4f, 1f, CommonGrain + 9));
        Vector3 colour = Vector3.Lerp(face, sink, Ink.Cover(radius - SinkRadius, blur));
        faceShare *= 1f - Ink.Cover(radius - SinkRadius, blur);
        return Vector3.Lerp(colour, Depth(point, HoleRadius, facing), Ink.Cover(radius - HoleRadius, blur));
    }

    private Vector3 Bore(Vector3 face, Vector2 point, ref float faceShare)
    {
        const float chamfer = 3.2f;
        float distance = BoreDistance(point);
        if (distance > chamfer + (2f * blur))
        {
            return face;
        }

        float radius = MathF.Max(point.Length(), 1e-3f);
        float facing = Vector2.Dot(point / radius, Ink.Light);
        Vector3 rim = face - new Vector3(10f) - new Vector3(62f * facing);
        Vector3 colour = Vector3.Lerp(face, rim, Ink.Cover(distance - chamfer, blur));
        faceShare *= 1f - Ink.Cover(distance - chamfer, blur);
        return Vector3.Lerp(colour, Depth(point, BoreRadius, facing), Ink.Cover(distance, blur));
    }

    /// <summary>The bore and the keyway cut into its lower side.</summary>
    private static float BoreDistance(Vector2 point)
    {
        float key = Ink.RoundedBox(point - new Vector2(0f, 27f), new Vector2(5f, 7f), 0.8f);
        return MathF.Min(point.Length() - BoreRadius, key);
    }

    /// <summary>Looking into a hole: dark, the wall away from the light faintly lit, a dark floor shifted by parallax.</summary>
    private static Vector3 Depth(Vector2 point, float radius, float facing)
    {
        float wall = 1f - Ink.Cover((point + (0.12f * radius * Ink.Light)).Length() - (0.86f * radius), 0.16f * radius);
        float lit = wall * (18f + (46f * MathF.Max(0f, -facing)));
        return new Vector3(19f, 20f, 22f) + (lit * new Vector3(0.96f, 0.98f, 1f));
    }
}
