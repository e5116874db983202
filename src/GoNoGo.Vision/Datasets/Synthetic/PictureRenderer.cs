using System.Numerics;
using GoNoGo.Vision.Datasets.Synthetic.Defects;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>The camera: draws one part on the belt, with the small variations that good parts have.</summary>
internal static class PictureRenderer
{
    // Normal variation. A part that lies still costs nothing to learn; one that moves costs training time.
    private const float PositionJitter = 0.8f;
    private const float RotationJitter = 0.004f;
    private const float BrightnessJitter = 0.01f;
    private const float NoiseLevels = 1.7f;

    /// <summary>Draws a picture.</summary>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="draws">The picture's random numbers.</param>
    /// <param name="kind">The kind of defect, or <see cref="DatasetItem.GoodKind"/>.</param>
    public static ProductPicture Render(int size, Draws draws, string kind)
    {
        float unit = 256f / size;
        float blur = 1.35f * unit;
        var centre = new Vector2(128f + draws.Range(-PositionJitter, PositionJitter), 128f + draws.Range(-PositionJitter, PositionJitter));
        (float sin, float cos) = MathF.SinCos(draws.Range(-RotationJitter, RotationJitter));
        float brightness = 1f + draws.Range(-BrightnessJitter, BrightnessJitter);
        var flange = new Flange(draws.Key(), blur);
        uint noise = draws.Key();

        // Last, so that the same numbers without the defect give the same part, good.
        Defect? defect = ProductLine.MakeDefect(kind, draws);
        Image picture = Image.Rent(size, size, 3);
        Image? truth = defect is null ? null : Image.Rent(size, size, 1);
        byte[] samples = picture.Samples8!;
        byte[]? mask = truth?.Samples8;
        mask?.AsSpan().Clear();
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                Vector2 point = unit * new Vector2(x + 0.5f, y + 0.5f);
                Vector2 d = point - centre;
                var local = new Vector2((cos * d.X) + (sin * d.Y), (cos * d.Y) - (sin * d.X));
                SurfacePoint part = flange.At(local, defect?.MissingHole ?? -1);
                Vector3 colour = part.Colour;
                if (defect is not null && part.Face > 0f)
                {
                    colour = Vector3.Lerp(colour, defect.Shade(colour, local, blur), part.Face);
                    mask![(y * size) + x] = part.Face >= 0.5f && defect.IsMarked(local) ? (byte)255 : (byte)0;
                }

                if (part.Body < 1f)
                {
                    colour = Vector3.Lerp(Conveyor.At(point, local, blur), colour, part.Body);
                }

                colour *= brightness * Lamp(point);
                int index = ((y * size) + x) * 3;
                samples[index] = Expose(colour.X, Ink.Hash(index, 0, noise));
                samples[index + 1] = Expose(colour.Y, Ink.Hash(index + 1, 0, noise));
                samples[index + 2] = Expose(colour.Z, Ink.Hash(index + 2, 0, noise));
            }
        }

        return new ProductPicture(picture, truth);
    }

    /// <summary>The lamp stands to the upper left; the lens darkens the corners.</summary>
    private static float Lamp(Vector2 point)
    {
        Vector2 centred = (point - new Vector2(128f)) / 128f;
        return 1.02f + (0.045f * Vector2.Dot(centred, Ink.Light)) - (0.055f * centred.LengthSquared());
    }

    /// <summary>A sample of the sensor: the sum of four bytes is near enough to a normal for its noise.</summary>
    private static byte Expose(float value, uint bits)
    {
        const float mean = 2f * 255f;
        const float deviation = 147.8f;
        uint sum = (bits & 0xFF) + ((bits >> 8) & 0xFF) + ((bits >> 16) & 0xFF) + (bits >> 24);
        return (byte)Math.Clamp(MathF.Round(value + (NoiseLevels * (sum - mean) / deviation)), 0f, 255f);
    }
}
