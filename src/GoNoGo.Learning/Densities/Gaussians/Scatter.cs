using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Weighted sums over vectors, about a centre: of <c>w (x - c)</c> and of <c>w (x - c)(x - c)^T</c>. Products are formed in float32 over
/// blocks of vectors and added up in double precision, block after block.
/// </summary>
/// <param name="width">D.</param>
/// <param name="isDiagonal">Whether only the squares are wanted: <see cref="Products"/> are then D numbers.</param>
internal sealed unsafe class Scatter(int width, bool isDiagonal)
{
    private const int BlockRows = 512;
    private const int ItemRows = 32;

    private readonly double[] _roots = new double[BlockRows];

    /// <summary>The sum of <c>w (x - c)</c>, D numbers.</summary>
    public double[] Sums { get; } = new double[width];

    /// <summary>The sum of the products, the lower triangle of <c>[D, D]</c> row by row; or of the squares, D numbers.</summary>
    public double[] Products { get; } = new double[isDiagonal ? width : checked(width * width)];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Sums.AsSpan().Clear();
        Products.AsSpan().Clear();
    }

    /// <summary>Adds vectors of a tensor.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="places">The vectors that are added; empty: all.</param>
    /// <param name="weights">Their weights; empty: all have 1.</param>
    /// <param name="centre">D numbers.</param>
    public void Add(Tensor rows, ReadOnlySpan<int> places, ReadOnlySpan<double> weights, ReadOnlySpan<double> centre)
    {
        using var scope = new TensorScope();
        Tensor block = scope.New(new Shape(BlockRows, width));
        Tensor product = isDiagonal ? default : scope.New(new Shape(width, width));
        int count = places.IsEmpty ? rows.Shape[0] : places.Length;
        for (int first = 0; first < count; first += BlockRows)
        {
            int used = Math.Min(BlockRows, count - first);
            for (int i = 0; i < used; i++)
            {
                _roots[i] = weights.IsEmpty ? 1 : Math.Sqrt(weights[first + i]);
            }

            AddBlock(rows, first, places.IsEmpty ? places : places.Slice(first, used), centre, block.Slice(0, used), product);
        }
    }

    /// <summary>Ends the sums: the centre moves to the mean, and the products about it are added to covariances.</summary>
    /// <param name="mass">The sum of the weights.</param>
    /// <param name="share">What the products are divided by.</param>
    /// <param name="centre">The centre that the sums are about; becomes the mean.</param>
    /// <param name="target">Packed lower triangle or variances that are added to.</param>
    public void AddCovariance(double mass, double share, double[] centre, double[] target)
    {
        fixed (double* sums = Sums, products = Products, covariances = target)
        {
            double* to = covariances;
            for (int i = 0; i < width; i++)
            {
                double shift = sums[i] / mass;
                centre[i] += shift;
                if (isDiagonal)
                {
                    to[i] += Math.Max(0, (products[i] - (shift * sums[i])) / share);
                    continue;
                }

                double* row = products + ((long)i * width);
                DoubleRows.AddShifted(row, shift, sums, share, to, i);
                to[i] += Math.Max(0, (row[i] - (shift * sums[i])) / share);
                to += i + 1;
            }
        }
    }

    private void AddBlock(Tensor rows, int first, ReadOnlySpan<int> chosen, ReadOnlySpan<double> centre, Tensor used, Tensor product)
    {
        int count = used.Shape[0];
        fixed (int* places = chosen)
        fixed (double* roots = _roots, c = centre, sums = Sums, products = Products)
        {
            Workers.For((count + ItemRows - 1) / ItemRows, new CentreBody
            {
                Rows = rows.Pointer,
                First = first,
                Places = places,
                Roots = roots,
                Count = count,
                Width = width,
                Centre = c,
                Block = used.Pointer,
            });
            Workers.For((width + ItemRows - 1) / ItemRows, new SumBody
            {
                Block = used.Pointer,
                Roots = roots,
                Count = count,
                Width = width,
                Sums = sums,
                Squares = isDiagonal ? products : null,
            });
            if (!isDiagonal)
            {
                GramMatrix.Run(used, product);
                Workers.For(width, new AddBody { Product = product.Pointer, Products = products, Width = width });
            }
        }
    }

    /// <summary>Block = root of weight times (x - c).</summary>
    private struct CentreBody : IParallelBody
    {
        public float* Rows;
        public int First;
        public int* Places;
        public double* Roots;
        public int Count;
        public int Width;
        public double* Centre;
        public float* Block;

        public readonly void Invoke(int index)
        {
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
            {
                long place = Places is null ? First + i : Places[i];
                DoubleRows.Centre(Roots[i], Rows + (place * Width), Centre, Block + ((long)i * Width), Width);
            }
        }
    }

    /// <summary>Sums (and squares) of some columns.</summary>
    private struct SumBody : IParallelBody
    {
        public float* Block;
        public double* Roots;
        public int Count;
        public int Width;
        public double* Sums;
        public double* Squares;

        public readonly void Invoke(int index)
        {
            int first = index * ItemRows;
            int end = Math.Min(first + ItemRows, Width);
            int column = first;
            for (; column <= end - 16; column += 16)
            {
                DoubleRows.AddScaled16(Roots, Block + column, Width, Count, Sums + column);
            }

            for (int i = 0; i < Count; i++)
            {
                float* row = Block + ((long)i * Width);
                DoubleRows.AddScaled(Roots[i], row + column, Sums + column, end - column);
                if (Squares is not null)
                {
                    DoubleRows.AddSquares(row + first, Squares + first, end - first);
                }
            }
        }
    }

    private struct AddBody : IParallelBody
    {
        public float* Product;
        public double* Products;
        public int Width;

        public readonly void Invoke(int row)
        {
            long at = (long)row * Width;
            DoubleRows.AddScaled(1, Product + at, Products + at, row + 1);
        }
    }
}
