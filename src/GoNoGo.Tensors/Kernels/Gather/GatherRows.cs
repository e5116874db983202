using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

/// <summary>Whole rows picked by number, the same for every image: windows of a map, merged patches, and back.</summary>
public static unsafe class GatherRows
{
    private const int ItemElements = 16 * 1024;

    /// <summary>
    /// Row i of image b of the destination becomes row <paramref name="sources"/>[i] of image b of x, or zeros where that is -1.
    /// </summary>
    /// <param name="x"><c>[images * n, width]</c> in any shape of that size.</param>
    /// <param name="images">B.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="sources">One row of x, or -1, for each row of an image of the destination.</param>
    /// <param name="y">Destination <c>[images * sources, width]</c> in any shape of that size; not x's memory.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or a source is outside an image.</exception>
    public static void Run(Tensor x, int images, int width, int[] sources, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(sources);
        long rows = images < 1 || width < 1 ? 0 : x.ElementCount / ((long)images * width);
        if (rows < 1 || rows * images * width != x.ElementCount || y.ElementCount != (long)images * sources.Length * width)
        {
            throw new ArgumentException($"GatherRows: x {x.Shape} and y {y.Shape} for {images} images, {sources.Length} rows of {width}.");
        }

        foreach (int source in sources)
        {
            if (source < -1 || source >= rows)
            {
                throw new ArgumentException($"GatherRows: row {source}, expected -1 to {rows - 1}.", nameof(sources));
            }
        }

        int perItem = Math.Clamp(ItemElements / width, 1, Math.Max(sources.Length, 1));
        int items = (sources.Length + perItem - 1) / perItem;
        Workers.For(checked(images * items), new Body
        {
            X = x.Pointer,
            Y = y.Pointer,
            Rows = rows,
            Width = width,
            Sources = sources,
            PerItem = perItem,
            Items = items,
        });
    }

    private struct Body : IParallelBody
    {
        public float* X;
        public float* Y;
        public long Rows;
        public int Width;
        public int[] Sources;
        public int PerItem;
        public int Items;

        public readonly void Invoke(int index)
        {
            int image = index / Items;
            int first = index % Items * PerItem;
            float* source = X + (image * Rows * Width);
            float* target = Y + ((((long)image * Sources.Length) + first) * Width);
            foreach (int row in Sources.AsSpan(first, Math.Min(PerItem, Sources.Length - first)))
            {
                var destination = new Span<float>(target, Width);
                if (row < 0)
                {
                    destination.Clear();
                }
                else
                {
                    new ReadOnlySpan<float>(source + ((long)row * Width), Width).CopyTo(destination);
                }

                target += Width;
            }
        }
    }
}
