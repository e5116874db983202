using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

/// <summary>A matrix of additions or permissions for every (batch item, head), where few of them may serve many.</summary>
internal readonly unsafe struct AttentionTable
{
    /// <summary>Vectors read beyond the end of the last row by up to this much.</summary>
    private const int Slack = 16;

    private const int ItemRows = 32;

    private readonly float* _matrices;
    private readonly int _batch;
    private readonly int _heads;
    private readonly long _size;

    private AttentionTable(Tensor tensor, float* matrices, long stride)
    {
        _matrices = matrices;
        _batch = tensor.Shape[0];
        _heads = tensor.Shape[1];
        _size = stride * (tensor.ElementCount / ((long)_batch * _heads * stride));
        Stride = stride;
    }

    /// <summary>Elements from one row of a matrix to the next.</summary>
    public long Stride { get; }

    public bool IsEmpty => _matrices is null;

    /// <summary>Number of different matrices.</summary>
    public int Count => _batch * _heads;

    /// <summary>Floats that a transposed copy takes; 0 for no tensor.</summary>
    public static long RoomFor(Tensor tensor) => tensor.IsEmpty ? 0 : tensor.ElementCount + Slack;

    /// <summary>The matrices as they are, <c>[Nq, Nk]</c>.</summary>
    public static AttentionTable InPlace(Tensor tensor) => tensor.IsEmpty ? default : new AttentionTable(tensor, tensor.Pointer, tensor.Shape[3]);

    /// <summary>The matrices as <c>[Nk, Nq]</c>, the layout of the scores, copied to <paramref name="room"/>.</summary>
    public static AttentionTable Transposed(Tensor tensor, float* room)
    {
        if (tensor.IsEmpty)
        {
            return default;
        }

        var table = new AttentionTable(tensor, room, tensor.Shape[2]);
        Transpose(tensor, table.Stride, room);
        new Span<float>(room + tensor.ElementCount, Slack).Clear();
        return table;
    }

    /// <summary>The matrices of a tensor that <see cref="Pack"/> made.</summary>
    public static AttentionTable Packed(Tensor tensor) => tensor.IsEmpty ? default : new AttentionTable(tensor, tensor.Pointer, tensor.Shape[3]);

    /// <summary>The matrices once and for all in the layout of the scores, <c>[.., Nk, P]</c>: the row length P is that of <see cref="PackedStride"/>.</summary>
    public static Tensor Pack(Tensor tensor, TensorScope scope)
    {
        Tensor packed = scope.Zeros(new Shape(tensor.Shape[0], tensor.Shape[1], tensor.Shape[3], PackedStride(tensor.Shape[2])));
        Transpose(tensor, packed.Shape[3], packed.Pointer);
        return packed;
    }

    /// <summary>Queries rounded up to the widest vectors.</summary>
    public static int PackedStride(int queries) => checked((queries + Slack - 1) / Slack * Slack);

    /// <summary>Which matrix serves a batch item and head.</summary>
    public int IndexOf(int batch, int head) => (batch % _batch * _heads) + (head % _heads);

    /// <summary>A matrix; null when there is none.</summary>
    public float* Matrix(int batch, int head) => _matrices is null ? null : _matrices + (IndexOf(batch, head) * _size);

    private static void Transpose(Tensor tensor, long stride, float* destination)
    {
        int blocks = (tensor.Shape[2] + ItemRows - 1) / ItemRows;
        Workers.For(checked(tensor.Shape[0] * tensor.Shape[1] * blocks), new Transposition
        {
            Source = tensor.Pointer,
            Destination = destination,
            Rows = tensor.Shape[2],
            Columns = tensor.Shape[3],
            Stride = stride,
            Blocks = blocks,
        });
    }

    private struct Transposition : IParallelBody
    {
        public float* Source;
        public float* Destination;
        public int Rows;
        public int Columns;
        public long Stride;
        public int Blocks;

        public readonly void Invoke(int index)
        {
            const int tile = 16;
            long matrix = index / Blocks;
            int start = index % Blocks * ItemRows;
            int end = Math.Min(start + ItemRows, Rows);
            for (int column0 = 0; column0 < Columns; column0 += tile)
            {
                int columnEnd = Math.Min(column0 + tile, Columns);
                for (int row = start; row < end; row++)
                {
                    float* from = Source + (((matrix * Rows) + row) * Columns);
                    float* to = Destination + (matrix * Columns * Stride) + row;
                    for (int column = column0; column < columnEnd; column++)
                    {
                        to[column * Stride] = from[column];
                    }
                }
            }
        }
    }
}
