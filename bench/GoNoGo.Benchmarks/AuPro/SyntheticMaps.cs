using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.AuPro;

/// <summary>Smooth anomaly maps with noise in the last digits (nearly all scores distinct), and masks of round defects.</summary>
internal sealed class SyntheticMaps
{
    private const int Cell = 50;

    public SyntheticMaps(int images, int defectiveImages, int size)
    {
        Size = size;
        Maps = new float[images][];
        Masks = new byte[images][];
        Workers.For(images, new Body(this, defectiveImages));
    }

    public int Size { get; }

    public float[][] Maps { get; }

    public byte[][] Masks { get; }

    private void Make(int image, bool defective)
    {
        var random = new RandomSequence(new RandomStream(7, "maps").Child((ulong)image));
        var map = new float[Size * Size];
        var mask = new byte[map.Length];
        int cells = (Size / Cell) + 2;
        var coarse = new double[cells * cells];
        foreach (ref double value in coarse.AsSpan())
        {
            value = random.NextNormal();
        }

        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++)
            {
                (int top, double down) = (row / Cell, row % Cell / (double)Cell);
                (int left, double right) = (column / Cell, column % Cell / (double)Cell);
                double above = (coarse[(top * cells) + left] * (1 - right)) + (coarse[(top * cells) + left + 1] * right);
                double below = (coarse[((top + 1) * cells) + left] * (1 - right)) + (coarse[((top + 1) * cells) + left + 1] * right);
                map[(row * Size) + column] = (float)((above * (1 - down)) + (below * down) + (0.01 * random.NextUniform()));
            }
        }

        for (int defect = defective ? 1 + random.NextInteger(4) : 0; defect > 0; defect--)
        {
            (int y, int x, int radius) = (random.NextInteger(Size), random.NextInteger(Size), 10 + random.NextInteger(60));
            for (int row = Math.Max(0, y - radius); row < Math.Min(Size, y + radius); row++)
            {
                for (int column = Math.Max(0, x - radius); column < Math.Min(Size, x + radius); column++)
                {
                    if (((row - y) * (row - y)) + ((column - x) * (column - x)) < radius * radius)
                    {
                        mask[(row * Size) + column] = 255;
                        map[(row * Size) + column] += 1.5f;
                    }
                }
            }
        }

        Maps[image] = map;
        Masks[image] = mask;
    }

    private readonly struct Body(SyntheticMaps owner, int defectiveImages) : IParallelBody
    {
        public void Invoke(int index) => owner.Make(index, index < defectiveImages);
    }
}
