using System.Buffers;
using System.Globalization;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Vision.Imaging.Regions;

/// <summary>A part of a picture as a user gives it: a mask file, or rectangles <c>x,y,w,h;x,y,w,h</c> in picture pixels.</summary>
public sealed class RegionSource
{
    private static readonly SearchValues<char> RectangleCharacters = SearchValues.Create("0123456789,;+- ");

    private readonly string? _file;

    private RegionSource(string? file, IReadOnlyList<PixelRectangle> rectangles)
    {
        _file = file;
        Rectangles = rectangles;
    }

    /// <summary>The rectangles; empty where a mask file is given.</summary>
    public IReadOnlyList<PixelRectangle> Rectangles { get; }

    /// <summary>Whether a mask file is given.</summary>
    public bool IsFile => _file is not null;

    /// <summary>A mask file: any picture; a pixel with a colour sample other than 0 is inside.</summary>
    public static RegionSource OfFile(string path) => new(path ?? throw new ArgumentNullException(nameof(path)), []);

    /// <summary>Reads what a user wrote: only digits, commas, semicolons, signs and blanks are rectangles, all else names a file.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="source">The region.</param>
    /// <param name="problem">Why it is none, as a part of a sentence; null where it is one.</param>
    public static bool TryParse(string text, out RegionSource? source, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        source = null;
        problem = null;
        if (text.AsSpan().IndexOfAnyExcept(RectangleCharacters) >= 0)
        {
            source = OfFile(text);
            return true;
        }

        var rectangles = new List<PixelRectangle>();
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] numbers = part.Split(',', StringSplitOptions.TrimEntries);
            var values = new int[4];
            bool reads = numbers.Length == 4;
            for (int i = 0; i < values.Length && reads; i++)
            {
                reads = int.TryParse(numbers[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[i]);
            }

            if (!reads)
            {
                problem = $"'{part}' is no rectangle; write x,y,width,height in whole picture pixels, several with ';' between them, or name a mask file";
                return false;
            }

            rectangles.Add(new PixelRectangle(values[0], values[1], values[2], values[3]));
        }

        if (rectangles.Count == 0)
        {
            problem = "it names no mask file and no rectangle";
            return false;
        }

        source = new RegionSource(null, rectangles);
        return true;
    }

    /// <summary>Decodes the mask file; null where rectangles are given.</summary>
    /// <exception cref="DatasetException">There is no such file.</exception>
    /// <exception cref="ImageFormatException">The file is no picture.</exception>
    public Image? LoadMask()
    {
        if (_file is null)
        {
            return null;
        }

        return File.Exists(_file) ? ImageDecoder.Load(_file) : throw new DatasetException(
            DatasetError.MissingFile, _file, "a mask as a picture, or rectangles x,y,w,h;x,y,w,h", "no such file", "check the name");
    }

    /// <summary>Draws the region: 1 inside, 0 outside.</summary>
    /// <param name="what">What the region is for, for messages: <c>region of interest</c>.</param>
    /// <param name="mask">The decoded mask file; null for rectangles.</param>
    /// <param name="width">Width of the reference picture; that of the mask, where there is one.</param>
    /// <param name="height">Its height.</param>
    /// <returns><c>[height, width]</c>.</returns>
    /// <exception cref="DatasetException">A rectangle is empty or reaches out of the picture, or nothing is inside.</exception>
    internal byte[] Draw(string what, Image? mask, int width, int height)
    {
        var inside = new byte[checked(width * height)];
        if (mask is not null)
        {
            MaskResize.Run(mask, width, height, MaskRule.Nearest, inside);
        }

        foreach (PixelRectangle r in Rectangles)
        {
            if (r.X < 0 || r.Y < 0 || r.Width < 1 || r.Height < 1 || (long)r.X + r.Width > width || (long)r.Y + r.Height > height)
            {
                throw new DatasetException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the {what} has the rectangle {r.X},{r.Y},{r.Width},{r.Height}, which does not lie in a picture of {width} x {height}; give x,y,width,height inside of it."));
            }

            for (int y = r.Y; y < r.Y + r.Height; y++)
            {
                inside.AsSpan((y * width) + r.X, r.Width).Fill(1);
            }
        }

        return inside.AsSpan().IndexOfAnyExcept((byte)0) >= 0
            ? inside
            : throw new DatasetException($"the {what}{(_file is null ? "" : $" '{_file}'")} marks no pixel; paint it with any value but 0.");
    }
}
