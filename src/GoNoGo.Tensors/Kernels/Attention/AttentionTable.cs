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

    private AttentionTable(Tensor tensor, float* matrices)
    {
        _matrices = matrices;
        _batch = tensor.Shape[0];
        _heads = tensor.Shape[1];
        _size = (long)tensor.Shape[2] * tensor.Shape[3];
    }

    public bool IsEmpty => _matrices is null;

    /// <summary>Number of different matrices.</summary>
    public int Count => _batch * _heads;

    /// <summary>Floats that a transposed copy takes; 0 for no tensor.</summary>
    public static long RoomFor(Tensor tensor) => tensor.IsEmpty ? 0 : tensor.ElementCount + Slack;

    /// <summary>The matrices as they are, <c>[Nq, Nk]</c>.</summary>
    public static AttentionTable InPlace(Tensor tensor) => tensor.IsEmpty ? default : new AttentionTable(tensor, tensor.Pointer);

    /// <summary>The matrices as <c>[Nk, Nq]</c>, the layout of the scores, copied to <paramref name="room"/>.</summary>
    public static AttentionTable Transposed(Tensor tensor, float* room)
    {
        if (tensor.IsEmpty)
        {
            return default;
        }

        var table = new AttentionTable(tensor, room);
        int blocks = (tensor.Shape[2] + ItemRows - 1) / ItemRows;
        Workers.For(checked(table.Count * blocks), new Transposition { Source = tensor.Pointer, Destination = room, Rows = tensor.Shape[2], Columns = tensor.Shape[3], Blocks = blocks });
        new Span<float>(room + tensor.ElementCount, Slack).Clear();
        return table;
    }

    /// <summary>Which matrix serves a batch item and head.</summary>
    public int IndexOf(int batch, int head) => (batch % _batch * _heads) + (head % _heads);

    /// <summary>A matrix; null when there is none.</summary>
    public float* Matrix(int batch, int head) => _matrices is null ? null : _matrices + (IndexOf(batch, head) * _size);

    private struct Transposition : IParallelBody
    {
        public float* Source;
        public float* Destination;
        public int Rows;
        public int Columns;
        public int Blocks;

        public readonly void Invoke(int index)
        {
            const int tile = 16;
            long matrix = (long)(index / Blocks) * Rows * Columns;
            int start = index % Blocks * ItemRows;
            int end = Math.Min(start + ItemRows, Rows);
            for (int column0 = 0; column0 < Columns; column0 += tile)
            {
                int columnEnd = Math.Min(column0 + tile, Columns);
                for (int row = start; row < end; row++)
                {
                    float* from = Source + matrix + ((long)row * Columns);
                    float* to = Destination + matrix + row;
                    for (int column = column0; column < columnEnd; column++)
                    {
                        to[(long)column * Rows] = from[column];
                    }
                }
            }
        }
    }
}
