using System.Buffers.Binary;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;

namespace GoNoGo.Vision.Datasets.Description;

/// <summary>What a survey keeps of a decoded picture: some 200 bytes.</summary>
/// <param name="PixelHash">The first 16 bytes of the SHA-256 of size, channels, depth and samples.</param>
/// <param name="Brightness">Mean luma, 0 to 255.</param>
/// <param name="DarkShare">Share of pixels whose luma is at most 2.</param>
/// <param name="BrightShare">Share of pixels whose luma is at least 253.</param>
/// <param name="Steps">64 steps of mean luma between neighbouring cells of a row, of a grid of 8 rows of 9 cells, in 1/64 of a level.</param>
internal sealed record PictureLook(UInt128 PixelHash, float Brightness, float DarkShare, float BrightShare, short[] Steps)
{
    private const int CellColumns = 9;
    private const int CellRows = 8;
    private const int Dark = 2;
    private const int Bright = 253;

    /// <summary>How many steps there are.</summary>
    public const int StepCount = (CellColumns - 1) * CellRows;

    public static PictureLook Of(Image image)
    {
        using Image colours = Canvas.ToRgb(image);
        ReadOnlySpan<byte> samples = colours.Samples8;
        (int Cell, float Share)[] columns = Cells(colours.Width, CellColumns);
        (int Cell, float Share)[] rows = Cells(colours.Height, CellRows);
        // One more at each end of a line: the share of a pixel that lies in the next cell needs no check.
        Span<double> sums = stackalloc double[(CellColumns + 1) * (CellRows + 1)];
        Span<double> weights = stackalloc double[sums.Length];
        Span<double> line = stackalloc double[CellColumns + 1];
        Span<double> lineWeights = stackalloc double[CellColumns + 1];
        Span<int> histogram = stackalloc int[256];
        sums.Clear();
        weights.Clear();
        histogram.Clear();
        for (int y = 0; y < colours.Height; y++)
        {
            line.Clear();
            lineWeights.Clear();
            ReadOnlySpan<byte> pixels = samples.Slice(y * colours.Width * 3, colours.Width * 3);
            for (int x = 0; x < columns.Length; x++)
            {
                int luma = ((77 * pixels[3 * x]) + (150 * pixels[(3 * x) + 1]) + (29 * pixels[(3 * x) + 2]) + 128) >> 8;
                histogram[luma]++;
                (int cell, float share) = columns[x];
                line[cell] += luma * share;
                line[cell + 1] += luma * (1 - share);
                lineWeights[cell] += share;
                lineWeights[cell + 1] += 1 - share;
            }

            (int row, float rowShare) = rows[y];
            for (int cell = 0; cell < line.Length; cell++)
            {
                int here = (row * line.Length) + cell;
                sums[here] += rowShare * line[cell];
                weights[here] += rowShare * lineWeights[cell];
                sums[here + line.Length] += (1 - rowShare) * line[cell];
                weights[here + line.Length] += (1 - rowShare) * lineWeights[cell];
            }
        }

        for (int cell = 0; cell < sums.Length; cell++)
        {
            // A picture smaller than the grid leaves cells without a pixel: they count as black, in all pictures alike.
            sums[cell] = weights[cell] > 0 ? sums[cell] / weights[cell] : 0;
        }

        return Make(image, sums, histogram);
    }

    /// <summary>For every pixel of a line the cell that it begins in, and its share in that cell; the rest lies in the next.</summary>
    private static (int Cell, float Share)[] Cells(int pixels, int cells)
    {
        var result = new (int Cell, float Share)[pixels];
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            double begin = (double)pixel * cells / pixels;
            double end = (double)(pixel + 1) * cells / pixels;
            int cell = Math.Min((int)begin, cells - 1);
            bool isWhole = end <= cell + 1 || cell == cells - 1 || pixels < cells;
            result[pixel] = (cell, isWhole ? 1 : (float)((cell + 1 - begin) / (end - begin)));
        }

        return result;
    }

    private static PictureLook Make(Image image, ReadOnlySpan<double> means, ReadOnlySpan<int> histogram)
    {
        double pixels = (double)image.Width * image.Height;
        double sum = 0;
        double dark = 0;
        double bright = 0;
        for (int luma = 0; luma < histogram.Length; luma++)
        {
            sum += (double)luma * histogram[luma];
            dark += luma <= Dark ? histogram[luma] : 0;
            bright += luma >= Bright ? histogram[luma] : 0;
        }

        var steps = new short[StepCount];
        for (int step = 0; step < steps.Length; step++)
        {
            int cell = (step / (CellColumns - 1) * (CellColumns + 1)) + (step % (CellColumns - 1));
            steps[step] = (short)Math.Round(64 * (means[cell + 1] - means[cell]));
        }

        return new PictureLook(HashOf(image), (float)(sum / pixels), (float)(dark / pixels), (float)(bright / pixels), steps);
    }

    private static UInt128 HashOf(Image image)
    {
        Span<byte> whole = stackalloc byte[ImageHash.Bytes];
        ImageHash.Of(image, whole);
        return BinaryPrimitives.ReadUInt128LittleEndian(whole);
    }
}
