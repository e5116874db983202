using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The right operand of a matrix multiply, packed once and used many times: the weights of a model that no longer
/// trains. Immutable and safe to use from several threads. It keeps the vector width that it was packed for.
/// Disposing it gives the memory back; no multiply may be running then.
/// </summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    private TensorStorage? _storage;

    private PackedMatrix(int k, int n)
    {
        Depth = k;
        Columns = n;
        Width = VectorWidths.Current;
        int panel = Gemm.TileColumns(Width);
        AlignedColumns = (n + panel - 1) / panel * panel;
        _storage = MemoryPool.Shared.Rent((long)AlignedColumns * k);
    }

    /// <summary>K: the summed dimension.</summary>
    public int Depth { get; }

    /// <summary>N: the columns of the product.</summary>
    public int Columns { get; }

    /// <summary>The kernel variant that multiplies with this matrix.</summary>
    public VectorWidth Width { get; }

    internal int AlignedColumns { get; }

    internal float* Pointer => _storage is { } storage ? storage.Pointer : throw new ObjectDisposedException(nameof(PackedMatrix));

    /// <summary>Packs <c>b</c> (<c>[K, N]</c>, or <c>[N, K]</c> if <paramref name="transposeB"/>).</summary>
    /// <exception cref="ArgumentException">Not two-dimensional.</exception>
    public static PackedMatrix Pack(Tensor b, bool transposeB)
    {
        if (b.Rank != 2)
        {
            throw new ArgumentException($"PackedMatrix.Pack: b must have 2 dimensions, got {b.Shape}.", nameof(b));
        }

        var packed = new PackedMatrix(b.Shape[transposeB ? 1 : 0], b.Shape[transposeB ? 0 : 1]);
        if (b.ElementCount > 0)
        {
            Workers.For((packed.Columns + 63) / 64, new Body { Packed = packed, Source = MatrixMultiply.Right(b.Pointer, b.Shape[1], transposeB) });
        }

        return packed;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _storage, null) is { } storage)
        {
            MemoryPool.Shared.Return(storage);
        }
    }

    private struct Body : IParallelBody
    {
        public PackedMatrix Packed;
        public MatrixPanelSource Source;

        public readonly void Invoke(int index)
        {
            int panel = Gemm.TileColumns(Packed.Width);
            var panels = new PackedPanelSource(Packed);
            var plan = new GemmPlan(1, 1, Packed.Depth, 1, panel, true, false);
            for (int column = index * 64; column < Math.Min((index + 1) * 64, Packed.Columns); column += panel)
            {
                for (int depth = 0; depth < Packed.Depth; depth += plan.DepthBlock)
                {
                    int count = Math.Min(plan.DepthBlock, Packed.Depth - depth);
                    Source.Pack(column, Math.Min(panel, Packed.Columns - column), depth, count, panel, panels.Panel(column, depth, count));
                }
            }
        }
    }
}

/// <summary>A right operand whose panels exist already: depth blocks one after another, each holding all panels.</summary>
internal readonly unsafe struct PackedPanelSource(PackedMatrix matrix) : IPanelSource
{
    private readonly float* _pointer = matrix.Pointer;
    private readonly nint _alignedColumns = matrix.AlignedColumns;

    /// <summary>The panel that begins at a column, for the depth block that begins at a depth; the next panels follow.</summary>
    public float* Panel(int column, int depth, int depthCount) => _pointer + (_alignedColumns * depth) + ((nint)column * depthCount);

    /// <summary>Never called: there is nothing to pack.</summary>
    public void Pack(int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination) =>
        throw new NotSupportedException("Packed panels are not packed again.");
}
