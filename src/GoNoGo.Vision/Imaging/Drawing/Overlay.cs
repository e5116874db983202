namespace GoNoGo.Vision.Imaging.Drawing;

/// <summary>Draws anomaly maps and masks over pictures.</summary>
public static class Overlay
{
    private static readonly Rgb HatchLine = new(90, 96, 104);
    private static readonly Rgb HatchGround = new(206, 210, 214);

    /// <summary>Lays a heat map over a picture: the higher the value, the less of the picture shows through.</summary>
    /// <param name="picture">The picture, of any channels and depth.</param>
    /// <param name="map">Values <c>[mapHeight, mapWidth]</c>.</param>
    /// <param name="mapWidth">Columns of the map.</param>
    /// <param name="mapHeight">Rows of the map.</param>
    /// <param name="region">The part of the picture that the map covers; elsewhere the picture stays as it is.</param>
    /// <param name="low">The value shown as nothing (NaN likewise).</param>
    /// <param name="high">The value shown at full strength.</param>
    /// <param name="opacity">The share of the heat colour at full strength, 0 to 1.</param>
    /// <returns>An 8-bit RGB picture of the picture's size.</returns>
    /// <exception cref="ArgumentException">The map's length does not fit its size, or high is not above low.</exception>
    public static Image HeatMap(
        Image picture, ReadOnlySpan<float> map, int mapWidth, int mapHeight, PictureRegion region, float low, float high, float opacity = 0.65f)
    {
        if (mapWidth < 1 || mapHeight < 1 || map.Length != (long)mapWidth * mapHeight)
        {
            throw new ArgumentException($"Overlay.HeatMap: map has {map.Length} values, expected [{mapHeight}, {mapWidth}].", nameof(map));
        }

        if (!(high > low) || !(opacity is >= 0 and <= 1))
        {
            throw new ArgumentException($"Overlay.HeatMap: low {low}, high {high}, opacity {opacity}; expected high above low and an opacity of 0 to 1.", nameof(high));
        }

        Image result = Canvas.ToRgb(picture);
        byte[] samples = result.Samples8!;
        for (int y = 0; y < result.Height; y++)
        {
            double row = (y + 0.5 - region.Y) / region.Height;
            for (int x = 0; x < result.Width && row is >= 0 and < 1; x++)
            {
                double column = (x + 0.5 - region.X) / region.Width;
                if (column is < 0 or >= 1)
                {
                    continue;
                }

                float value = Interpolate(map, mapWidth, mapHeight, (column * mapWidth) - 0.5, (row * mapHeight) - 0.5);
                float strength = Math.Clamp((value - low) / (high - low), 0, 1);
                if (strength > 0)
                {
                    Mix(samples.AsSpan(3 * ((y * result.Width) + x), 3), ColorScale.At(strength), strength * opacity);
                }
            }
        }

        return result;
    }

    /// <summary>Shows a map alone in the colours of the scale, one pixel a value.</summary>
    /// <param name="map">Values <c>[mapHeight, mapWidth]</c>.</param>
    /// <param name="mapWidth">Columns of the map.</param>
    /// <param name="mapHeight">Rows of the map.</param>
    /// <param name="low">The value of the first colour.</param>
    /// <param name="high">The value of the last colour.</param>
    public static Image Map(ReadOnlySpan<float> map, int mapWidth, int mapHeight, float low, float high)
    {
        if (mapWidth < 1 || mapHeight < 1 || map.Length != (long)mapWidth * mapHeight || !(high > low))
        {
            throw new ArgumentException($"Overlay.Map: map has {map.Length} values, expected [{mapHeight}, {mapWidth}]; low {low}, high {high}, expected high above low.", nameof(map));
        }

        Image result = Image.Rent(mapWidth, mapHeight, 3);
        for (int i = 0; i < map.Length; i++)
        {
            Put(result.Samples8.AsSpan(3 * i, 3), ColorScale.At((map[i] - low) / (high - low)));
        }

        return result;
    }

    /// <summary>Draws the inner edge of a mask's areas into a picture.</summary>
    /// <param name="picture">An 8-bit RGB picture; changed in place.</param>
    /// <param name="mask">Non-zero inside, <c>[maskHeight, maskWidth]</c>.</param>
    /// <param name="maskWidth">Columns of the mask.</param>
    /// <param name="maskHeight">Rows of the mask.</param>
    /// <param name="region">The part of the picture that the mask covers.</param>
    /// <param name="color">The colour of the line.</param>
    /// <param name="thickness">Pixels: 1 or 2.</param>
    /// <exception cref="ArgumentException">Another kind of picture, a mask whose length does not fit its size, or another thickness.</exception>
    public static void Outline(Image picture, ReadOnlySpan<byte> mask, int maskWidth, int maskHeight, PictureRegion region, Rgb color, int thickness = 1)
    {
        if (picture.Samples8 is not { } samples || picture.Channels != 3)
        {
            throw new ArgumentException($"Overlay.Outline: the picture has {picture.Channels} channels of {picture.BitDepth} bits, expected 3 of 8.", nameof(picture));
        }

        if (mask.Length != (long)maskWidth * maskHeight || thickness is not (1 or 2))
        {
            throw new ArgumentException($"Overlay.Outline: mask has {mask.Length} values, expected [{maskHeight}, {maskWidth}]; thickness {thickness}, expected 1 or 2.", nameof(mask));
        }

        int width = picture.Width;
        int height = picture.Height;
        using var scratch = new Scratch((long)width * height);
        Span<byte> inside = scratch.Span;
        for (int y = 0; y < height; y++)
        {
            double row = Math.Floor((y + 0.5 - region.Y) / region.Height * maskHeight);
            for (int x = 0; x < width; x++)
            {
                double column = Math.Floor((x + 0.5 - region.X) / region.Width * maskWidth);
                bool covered = row >= 0 && row < maskHeight && column >= 0 && column < maskWidth;
                inside[(y * width) + x] = covered && mask[((int)row * maskWidth) + (int)column] != 0 ? (byte)1 : (byte)0;
            }
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (inside[(y * width) + x] != 0 && TouchesOutside(inside, width, height, x, y, thickness))
                {
                    Put(samples.AsSpan(3 * ((y * width) + x), 3), color);
                }
            }
        }
    }

    /// <summary>Draws the edge of a rectangle, one pixel wide, around what it holds; what lies outside of the picture is moved to its border.</summary>
    /// <param name="picture">An 8-bit RGB picture; changed in place.</param>
    /// <param name="left">First column inside.</param>
    /// <param name="top">First row inside.</param>
    /// <param name="right">First column behind.</param>
    /// <param name="bottom">First row behind.</param>
    /// <param name="color">The colour of the line.</param>
    /// <exception cref="ArgumentException">Another kind of picture, or a rectangle without pixels.</exception>
    public static void Box(Image picture, int left, int top, int right, int bottom, Rgb color)
    {
        if (picture.Samples8 is not { } samples || picture.Channels != 3 || left >= right || top >= bottom)
        {
            throw new ArgumentException(
                $"Overlay.Box: the picture has {picture.Channels} channels of {picture.BitDepth} bits, the box {right - left} x {bottom - top} pixels; expected 3 of 8, and at least 1 x 1.", nameof(picture));
        }

        int width = picture.Width;
        int first = Math.Clamp(left - 1, 0, width - 1);
        int last = Math.Clamp(right, 0, width - 1);
        int upper = Math.Clamp(top - 1, 0, picture.Height - 1);
        int lower = Math.Clamp(bottom, 0, picture.Height - 1);
        for (int x = first; x <= last; x++)
        {
            Put(samples.AsSpan(3 * ((upper * width) + x), 3), color);
            Put(samples.AsSpan(3 * ((lower * width) + x), 3), color);
        }

        for (int y = upper; y <= lower; y++)
        {
            Put(samples.AsSpan(3 * ((y * width) + first), 3), color);
            Put(samples.AsSpan(3 * ((y * width) + last), 3), color);
        }
    }

    /// <summary>Hatches a picture where a map has no value (NaN): grayed, with lines of 45 degrees.</summary>
    /// <param name="picture">An 8-bit RGB picture; changed in place.</param>
    /// <param name="map">Values <c>[mapHeight, mapWidth]</c>.</param>
    /// <param name="mapWidth">Columns of the map.</param>
    /// <param name="mapHeight">Rows of the map.</param>
    /// <param name="region">The part of the picture that the map covers; what lies outside is hatched too.</param>
    /// <exception cref="ArgumentException">Another kind of picture, or a map whose length does not fit its size.</exception>
    public static void Hatch(Image picture, ReadOnlySpan<float> map, int mapWidth, int mapHeight, PictureRegion region)
    {
        if (picture.Samples8 is not { } samples || picture.Channels != 3)
        {
            throw new ArgumentException($"Overlay.Hatch: the picture has {picture.Channels} channels of {picture.BitDepth} bits, expected 3 of 8.", nameof(picture));
        }

        if (map.Length != (long)mapWidth * mapHeight)
        {
            throw new ArgumentException($"Overlay.Hatch: map has {map.Length} values, expected [{mapHeight}, {mapWidth}].", nameof(map));
        }

        int period = Math.Clamp(Math.Min(picture.Width, picture.Height) / 20, 4, 24);
        for (int y = 0; y < picture.Height; y++)
        {
            double row = Math.Floor((y + 0.5 - region.Y) / region.Height * mapHeight);
            for (int x = 0; x < picture.Width; x++)
            {
                double column = Math.Floor((x + 0.5 - region.X) / region.Width * mapWidth);
                bool covered = row >= 0 && row < mapHeight && column >= 0 && column < mapWidth;
                if (!covered || float.IsNaN(map[((int)row * mapWidth) + (int)column]))
                {
                    bool line = (x + y) % period < Math.Max(1, period / 6);
                    Mix(samples.AsSpan(3 * ((y * picture.Width) + x), 3), line ? HatchLine : HatchGround, line ? 0.75f : 0.5f);
                }
            }
        }
    }

    private static bool TouchesOutside(ReadOnlySpan<byte> inside, int width, int height, int x, int y, int reach)
    {
        for (int dy = -reach; dy <= reach; dy++)
        {
            for (int dx = -reach; dx <= reach; dx++)
            {
                if (Math.Abs(dx) + Math.Abs(dy) > reach)
                {
                    continue;
                }

                int column = x + dx;
                int row = y + dy;
                if (column < 0 || column >= width || row < 0 || row >= height || inside[(row * width) + column] == 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static float Interpolate(ReadOnlySpan<float> map, int width, int height, double x, double y)
    {
        float value = Bilinear(map, width, height, x, y);
        // Beside a pixel that is not judged the nearest one speaks alone.
        return float.IsNaN(value)
            ? map[((int)Math.Clamp(Math.Round(y), 0, height - 1) * width) + (int)Math.Clamp(Math.Round(x), 0, width - 1)]
            : value;
    }

    private static float Bilinear(ReadOnlySpan<float> map, int width, int height, double x, double y)
    {
        x = Math.Clamp(x, 0, width - 1);
        y = Math.Clamp(y, 0, height - 1);
        int left = (int)x;
        int top = (int)y;
        int right = Math.Min(left + 1, width - 1);
        int bottom = Math.Min(top + 1, height - 1);
        float shareX = (float)(x - left);
        float shareY = (float)(y - top);
        float upper = (map[(top * width) + left] * (1 - shareX)) + (map[(top * width) + right] * shareX);
        float lower = (map[(bottom * width) + left] * (1 - shareX)) + (map[(bottom * width) + right] * shareX);
        return (upper * (1 - shareY)) + (lower * shareY);
    }

    private static void Mix(Span<byte> pixel, Rgb color, float share)
    {
        pixel[0] = (byte)(pixel[0] + ((color.Red - pixel[0]) * share) + 0.5f);
        pixel[1] = (byte)(pixel[1] + ((color.Green - pixel[1]) * share) + 0.5f);
        pixel[2] = (byte)(pixel[2] + ((color.Blue - pixel[2]) * share) + 0.5f);
    }

    private static void Put(Span<byte> pixel, Rgb color) => (pixel[0], pixel[1], pixel[2]) = (color.Red, color.Green, color.Blue);
}
