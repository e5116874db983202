using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Weighted sums over vectors, about a centre: of the weights, of <c>w (x - c)</c> and of <c>w (x - c)(x - c)^T</c>. Products are formed in float32 over
/// blocks of vectors and added up in double precision, block after block.
/// </summary>
/// <param name="width">D.</param>
/// <param name="isDiagonal">Whether only the squares are wanted: <see cref="Products"/> are then D numbers.</param>
internal sealed unsafe class Scatter(int width, bool isDiagonal)
{
    private const int BlockRows = 512;
    private const int ItemRows = 32;

    /// <summary>Weights below this add nothing that float32 data could show; their vectors are left out.</summary>
    private const double Negligible = 1e-12;

    private readonly int[] _places = new int[BlockRows];
    private readonly double[] _roots = new double[BlockRows];
    private int _waiting;

    /// <summary>The sum of the weights.</summary>
    public double Weight { get; private set; }

    /// <summary>The sum of <c>w (x - c)</c>, D numbers.</summary>
    public double[] Sums { get; } = new double[width];

    /// <summary>The sum of the products, <c>[D, D]</c> row by row; or of the squares, D numbers.</summary>
    public double[] Products { get; } = new double[isDiagonal ? width : checked(width * width)];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Weight = 0;
        Sums.AsSpan().Clear();
        Products.AsSpan().Clear();
    }

    /// <summary>Adds the vectors of a tensor.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="weights">Vector i has weight <c>weights[i stride]</c>; empty: all have 1.</param>
    /// <param name="stride">Distance of the weights of two vectors.</param>
    /// <param name="centre">D numbers.</param>
    public void Add(Tensor rows, ReadOnlySpan<double> weights, int stride, ReadOnlySpan<double> centre)
    {
        using var scope = new TensorScope();
        Tensor block = scope.New(new Shape(BlockRows, width));
        Tensor product = isDiagonal ? default : scope.New(new Shape(width, width));
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i * stride];
            Weight += weight;
            if (weight <= Negligible)
            {
                continue;
            }

            (_places[_waiting], _roots[_waiting]) = (i, Math.Sqrt(weight));
            if (++_waiting == BlockRows)
            {
                Flush(rows, centre, block, product);
            }
        }

        Flush(rows, centre, block, product);
    }

    private void Flush(Tensor rows, ReadOnlySpan<double> centre, Tensor block, Tensor product)
    {
        if (_waiting == 0)
        {
            return;
        }

        Tensor used = block.Slice(0, _waiting);
        fixed (int* places = _places)
        fixed (double* roots = _roots, c = centre, sums = Sums, products = Products)
        {
            Workers.For((_waiting + ItemRows - 1) / ItemRows, new CentreBody
            {
                Rows = rows.Pointer,
                Places = places,
                Roots = roots,
                Count = _waiting,
                Width = width,
                Centre = c,
                Block = used.Pointer,
            });
            Workers.For((width + ItemRows - 1) / ItemRows, new SumBody
            {
                Block = used.Pointer,
                Roots = roots,
                Count = _waiting,
                Width = width,
                Sums = sums,
                Squares = isDiagonal ? products : null,
            });
            if (!isDiagonal)
            {
                MatrixMultiply.Run(used, transposeA: true, used, transposeB: false, product);
                Workers.For(width, new AddBody { Product = product.Pointer, Products = products, Width = width });
            }
        }

        _waiting = 0;
    }

    /// <summary>Block = root of weight times (x - c).</summary>
    private struct CentreBody : IParallelBody
    {
        public float* Rows;
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
                float* row = Rows + ((long)Places[i] * Width);
                float* target = Block + ((long)i * Width);
                double root = Roots[i];
                for (int j = 0; j < Width; j++)
                {
                    target[j] = (float)(root * (row[j] - Centre[j]));
                }
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
            for (int i = 0; i < Count; i++)
            {
                float* row = Block + ((long)i * Width);
                for (int j = first; j < end; j++)
                {
                    Sums[j] += Roots[i] * row[j];
                    if (Squares is not null)
                    {
                        Squares[j] += (double)row[j] * row[j];
                    }
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
            for (long i = (long)row * Width; i < (long)(row + 1) * Width; i++)
            {
                Products[i] += Product[i];
            }
        }
    }
}
